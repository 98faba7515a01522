import * as fc from 'fast-check';
import type { StoreEvent, StoreEventOf } from '../../src/events/event-catalog.js';
import { label } from '../../src/events/labels.js';
import { EventDecoder } from '../../src/events/log/event-decoder.js';
import { NOW } from '../../src/events/log/retraction/retraction-marks.js';
import { GetTurn, GetTurnHandler } from '../../src/modules/conversation/queries/get-turn.query.js';
import { ListTurns, ListTurnsHandler } from '../../src/modules/conversation/queries/list-turns.query.js';
import {
  GetObservation,
  GetObservationHandler,
} from '../../src/modules/emotion/queries/get-observation.query.js';
import {
  ListObservations,
  ListObservationsHandler,
} from '../../src/modules/emotion/queries/list-observations.query.js';
import { UserLog } from '../../src/modules/user-log.js';
import { DATABASES } from '../support/databases.js';
import { liveFolds } from '../support/folds.js';
import { bursts, minuteClock, sendAll, USERS } from '../support/random-commands.js';
import { send } from '../support/sent-commands.js';
import type { TestDatabase } from '../support/test-database.js';

const RUNS = { numRuns: 2 };
const decoder = new EventDecoder();

const ofType = <T extends StoreEvent['type']>(events: readonly StoreEvent[], type: T): StoreEventOf<T>[] =>
  events.filter((event): event is StoreEventOf<T> => event.type === type);

/** The questions of the test, asked page by page. */
class Asked {
  private readonly log: UserLog;

  constructor(private readonly db: TestDatabase) {
    this.log = new UserLog(db.reads);
  }

  turns(userId: string, query: ListTurns['query']) {
    const handler = new ListTurnsHandler(this.db.reads, this.log);
    return allPages((cursor) => handler.execute(new ListTurns(userId, { ...query, ...cursor, limit: 3 })));
  }

  turn(userId: string, turnId: string) {
    return new GetTurnHandler(this.db.reads, this.log).execute(new GetTurn(userId, turnId));
  }

  observations(userId: string, query: ListObservations['query']) {
    const handler = new ListObservationsHandler(this.db.reads, this.log);
    return allPages((cursor) =>
      handler.execute(new ListObservations(userId, { ...query, ...cursor, limit: 3 })),
    );
  }

  observation(userId: string, eventId: string) {
    const handler = new GetObservationHandler(this.db.reads, this.log);
    return handler.execute(new GetObservation(userId, eventId));
  }
}

async function allPages<Item>(
  page: (cursor: { cursor?: string }) => Promise<{ items: Item[]; nextCursor: string | null }>,
): Promise<Item[]> {
  const items: Item[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const read = await page(cursor === undefined ? {} : { cursor });
    items.push(...read.items);
    cursor = read.nextCursor;
  }
  return items;
}

const byTime = (a: StoreEvent, b: StoreEvent) => b.occurredAt - a.occurredAt || b.position - a.position;
const idOf = ({ eventId }: { eventId: string }) => eventId;

for (const database of DATABASES) {
  describe(`${database.name}: single turns and observations`, () => {
    it('are listed newest first, and found by their ids, whatever was recorded', async () => {
      await fc.assert(
        fc.asyncProperty(bursts, async (sent) => {
          const db = await database.open();
          try {
            await sendAll(db.writer(liveFolds(), { clock: minuteClock() }), sent);
            const stored = await db.log.read({ after: 0, limit: 10_000, retractedAsOf: NOW });
            const counting = stored.filter(({ retraction }) => !retraction);
            const events = counting.map((event) => decoder.decode(event));
            const asked = new Asked(db);
            for (const userId of USERS)
              await check(
                asked,
                userId,
                events.filter((event) => event.userId === userId),
              );
          } finally {
            await db.close();
          }
        }),
        RUNS,
      );
    });

    it('are not listed once they are taken back, on whatever page they were', async () => {
      const db = await database.open();
      try {
        const writer = db.writer(liveFolds(), { clock: minuteClock() });
        const say = {
          sessionId: 's1',
          assistantMessage: 'So it is.',
          emotion: { label: 'joy', intensity: 1 },
        };
        for (let i = 1; i <= 7; i++)
          await send(writer, { name: 'RecordTurn', userId: 'ada', input: { ...say, userMessage: `${i}` } });
        const asked = new Asked(db);
        const turns = async (query: ListTurns['query'] = {}) =>
          (await asked.turns('ada', query)).map(({ userMessage }) => userMessage);
        const felt = async () => (await asked.observations('ada', {})).length;
        const all = ['7', '6', '5', '4', '3', '2', '1'];
        expect([await turns(), await felt()]).toEqual([all, 7]);

        // In the middle of a page, at its beginning, and the newest of all.
        const gone = new Set(['2', '5', '7']);
        const turnIds = (await asked.turns('ada', {}))
          .filter(({ userMessage }) => gone.has(userMessage))
          .map(({ turnId }) => turnId);
        await send(writer, { name: 'RetractEvents', userId: 'ada', input: { turnIds } });

        const left = all.filter((each) => !gone.has(each));
        expect([await turns(), await turns({ sessionId: 's1' }), await felt()]).toEqual([left, left, 4]);
      } finally {
        await db.close();
      }
    });
  });
}

async function check(asked: Asked, userId: string, events: readonly StoreEvent[]): Promise<void> {
  const turns = ofType(events, 'turn.recorded').toReversed();
  expect((await asked.turns(userId, {})).map(idOf)).toEqual(turns.map(idOf));
  const inSession = turns.filter(({ data }) => data.sessionId === 's1');
  expect((await asked.turns(userId, { sessionId: 's1' })).map(idOf)).toEqual(inSession.map(idOf));
  for (const { eventId, data } of turns) {
    const { caused, ...turn } = await asked.turn(userId, data.turnId);
    expect(turn).toMatchObject({ eventId, turnId: data.turnId, userMessage: data.userMessage });
    const by = (type: 'emotion.observed' | 'preference.learned') =>
      ofType(events, type).filter((event) => event.data.turnId === data.turnId);
    expect(caused.observations).toEqual(by('emotion.observed').map(idOf));
    expect(caused.preferences).toEqual(by('preference.learned').map(idOf));
  }

  const observations = ofType(events, 'emotion.observed').toSorted(byTime);
  expect((await asked.observations(userId, {})).map(idOf)).toEqual(observations.map(idOf));
  const joy = observations.filter(({ data }) => label(data.emotion) === 'joy');
  expect((await asked.observations(userId, { emotion: ' JOY' })).map(idOf)).toEqual(joy.map(idOf));
  for (const { eventId, data } of observations)
    expect(await asked.observation(userId, eventId)).toMatchObject({ eventId, intensity: data.intensity });

  await expect(asked.turn(userId, 'unknown')).rejects.toMatchObject({ code: 'turn.not-found' });
  await expect(asked.observation(userId, 'unknown')).rejects.toMatchObject({ code: 'observation.not-found' });
}
