import * as fc from 'fast-check';
import { memoriesTable } from '../../src/projections/memory-index.projection.js';
import { PROJECTIONS } from '../../src/projections/projection-catalog.js';
import { DATABASES } from '../support/databases.js';
import { liveFolds } from '../support/folds.js';
import { propertyRuns } from '../support/property-runs.js';
import { bursts, minuteClock, sendAll } from '../support/random-commands.js';
import { send } from '../support/sent-commands.js';
import type { TestDatabase } from '../support/test-database.js';
import { verified, problemsIn } from '../support/verified.js';

const EVENTS = 10;

async function write(db: TestDatabase): Promise<void> {
  const writer = db.writer(liveFolds(), { clock: minuteClock() });
  const turn = { sessionId: 's1', userMessage: 'We sailed', assistantMessage: 'Lovely', topics: ['sailing'] };
  await send(writer, { name: 'RecordTurn', userId: 'ada', input: turn, key: 'a turn' });
  for (const [userId, content] of [
    ['ada', 'Her boat is called Marlin'],
    ['ada', 'She likes harbours'],
    ['bob', 'He fears boats'],
  ] as const)
    await send(writer, { name: 'FormMemory', userId, input: { type: 'fact', content }, key: content });
  const emotion = { emotion: 'joy', intensity: 0.5 };
  await send(writer, { name: 'ObserveEmotion', userId: 'bob', input: emotion, key: 'joy' });
  await send(writer, { name: 'EndSession', userId: 'ada', input: { sessionId: 's1' }, key: 'end' });
  await send(writer, { name: 'ObserveEmotion', userId: 'ada', input: emotion, key: 'joy too' });
}

for (const database of DATABASES) {
  describe(`${database.name}: verification`, () => {
    it('finds nothing wrong after random bursts, and reports the chain head and matching digests of the rows', async () => {
      await fc.assert(
        fc.asyncProperty(bursts, async (sent) => {
          const db = await database.open();
          try {
            await sendAll(db.writer(liveFolds(), { clock: minuteClock() }), sent);
            const report = await verified(db);
            expect(problemsIn(report)).toEqual([]);
            const { position, hash } = await db.log.head();
            expect(report).toMatchObject({
              ok: true,
              position,
              events: position,
              chainHead: hash,
              positionGaps: [],
            });
            for (const { digestLive, digestFolded } of report.projections)
              expect(digestLive).toBe(digestFolded);
          } finally {
            await db.close();
          }
        }),
        propertyRuns(3),
      );
    });

    it('lets signals and messages be handled while it runs', async () => {
      const db = await database.open();
      try {
        await write(db);
        let handled = 0;
        let timer = setImmediate(function again() {
          handled++;
          timer = setImmediate(again);
        });
        await verified(db);
        clearImmediate(timer);
        expect(handled).toBeGreaterThan(1);
      } finally {
        await db.close();
      }
    });

    describe('of a store that was damaged', () => {
      let db: TestDatabase;

      beforeEach(async () => {
        db = await database.open();
        await write(db);
      });

      afterEach(() => db.close());

      it('finds nothing wrong before the damage', async () => {
        expect(await verified(db)).toMatchObject({ ok: true, events: EVENTS });
      });

      const changed = `replace(cast(data as text), 'Marlin', 'Merlin')`;
      const asStored = database.name === 'SQLite' ? `cast(${changed} as text)` : changed;

      it.each([
        [
          'a changed word of an event',
          `update events set data = ${asStored} where position = 4`,
          ['hash', 'index', 'memory-index'],
        ],
        [
          'a changed envelope',
          `update events set occurred_at = occurred_at - 1 where position = 2`,
          ['conversation-window', 'hash', 'user-activity'],
        ],
        [
          'a deleted event',
          'delete from events where position = 5',
          ['index', 'memory-index', 'position-gap', 'stream', 'user-activity'],
        ],
        [
          'an unknown event type',
          `update events set type = 'memory.dreamt' where position = 5`,
          ['event', 'hash', 'index', 'memory-index', 'user-activity'],
        ],
        [
          'a duplicate event id',
          'update events set event_id = (select event_id from events where position = 2) where position = 3',
          ['doubled-id', 'hash'],
        ],
        ['a missing version', 'update events set version = 7 where position = 9', ['hash', 'stream']],
        [
          'a missing stream',
          `delete from streams where stream_id = 'emotion:bob'`,
          ['conversation-window', 'emotion-trend', 'position-gap', 'user-activity'],
        ],
        [
          'a stream id that was changed to another user',
          `update streams set stream_id = replace(stream_id, ':ada/', ':bob/') where user_id = 'ada'`,
          ['hash'],
        ],
        [
          'a stream id in the spelling of an older release',
          `update streams set stream_id = replace(stream_id, ':ada/', ':ada:') where stream_id like 'conversation:ada/%'`,
          ['stream'],
        ],
        ['a deleted row', `delete from profiles where user_id = 'bob'`, ['current-profile']],
        [
          'a changed row',
          `update emotion_patterns set frequency = 3 where user_id = 'ada'`,
          ['emotion-trend'],
        ],
        [
          'a row that no event made',
          `insert into activity_days (user_id, day) values ('nobody', 1)`,
          ['conversation-window'],
        ],
        [
          'a missing row of the full-text index',
          database.name === 'SQLite'
            ? `delete from memories_fts where rowid in (select index_id from memories where user_id = 'ada')`
            : `delete from memories_fts where id in (select index_id from memories where user_id = 'ada')`,
          ['index'],
        ],
        [
          'a checkpoint that lags behind',
          `update checkpoints set position = 3 where projection = 'memory-index'`,
          ['checkpoint'],
        ],
      ])('reports %s', async (_what, sql, expected) => {
        await db.tamper(sql);

        const report = await verified(db);

        expect(report.ok).toBe(false);
        expect(problemsIn(report)).toEqual(expected);
      });

      it('reports the first rows that differ, as stored and as folded', async () => {
        await db.tamper(
          `update memories set content = 'Her boat is called Merlin' where user_id = 'ada' and formed_position = 4`,
        );

        const [, comparison] = (await verified(db)).projections;

        expect(comparison).toMatchObject({
          name: 'memory-index',
          differences: 1,
          firstDifferences: [
            {
              table: memoriesTable.name,
              live: { userId: 'ada', content: 'Her boat is called Merlin' },
              folded: { userId: 'ada', content: 'Her boat is called Marlin' },
            },
          ],
        });
        expect(comparison?.digestLive).not.toBe(comparison?.digestFolded);
      });

      it('reports a row whose JSON cannot be read, as it is stored', async () => {
        await db.tamper(`update emotion_patterns set hours = '[1, 2' where user_id = 'ada'`);

        const [, , comparison] = (await verified(db)).projections;

        expect(comparison).toMatchObject({
          name: 'emotion-trend',
          differences: 1,
          firstDifferences: [{ live: { hours: '[1, 2' }, folded: { hours: expect.any(Array) } }],
        });
      });

      it('reports a missing end of the log, if a receipt points to it', async () => {
        await db.tamper(`delete from events where position = ${EVENTS}`);

        const { findings } = await verified(db);

        expect(findings).toContainEqual({
          check: 'receipt',
          position: EVENTS,
          what: `the receipt of "joy too" has position ${EVENTS}, but the log ends at ${EVENTS - 1}`,
        });
      });

      it('reports an event that a projection cannot fold, and verifies the other projections', async () => {
        const projections = PROJECTIONS.map((projection) =>
          projection.name === 'emotion-trend'
            ? {
                ...projection,
                folds: {
                  'emotion.observed': () => {
                    throw new RangeError('poison');
                  },
                },
              }
            : projection,
        );

        const report = await verified(db, { projections });

        expect(report.findings.map(({ check, what }) => `${check}: ${what}`)).toEqual([
          expect.stringMatching(/^poison: .*emotion-trend.*emotion\.observed.*poison/),
        ]);
        const differing = report.projections.filter(({ differences }) => differences > 0);
        expect(differing.map(({ name }) => name)).toEqual(['emotion-trend']);
      });

      it('reports a log that was rewritten entirely, by the hash that a backup recorded', async () => {
        const anchors = [{ position: 3, hash: 'f'.repeat(64), source: 'backup 1' }];

        const { findings } = await verified(db, { anchors });

        expect(findings).toEqual([
          { check: 'anchor', position: 3, what: expect.stringContaining('backup 1') },
        ]);
      });

      it('reports missing receipts, by the number that a backup of the same history recorded', async () => {
        const [event] = await db.log.read({ after: 2, limit: 1 });
        const anchor = { position: 3, hash: event?.hash ?? '', source: 'backup 1', receipts: 1_000 };
        expect((await verified(db, { anchors: [anchor] })).findings).toEqual([
          {
            check: 'receipt',
            what: expect.stringMatching(/receipts of idempotency keys, backup 1 has 1000/),
          },
        ]);
        const { findings } = await verified(db, { anchors: [{ ...anchor, receipts: 0 }] });
        expect(findings).toEqual([]);
      });
    });
  });
}
