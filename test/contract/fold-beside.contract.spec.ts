import { setTimeout } from 'node:timers/promises';
import { EventDecoder } from '../../src/events/log/event-decoder.js';
import type { EventLog } from '../../src/events/log/event-log.js';
import { checkpointsTable } from '../../src/events/log/log-tables.js';
import { Erasures } from '../../src/operations/erasure/erasures.js';
import { foldRest } from '../../src/operations/rebuild/fold-rest.js';
import { rebuild, type RebuildReport } from '../../src/operations/rebuild/rebuild.js';
import { Rebuilds } from '../../src/operations/rebuild/rebuilds.js';
import { Upkeep } from '../../src/operations/upkeep.js';
import { catchUp } from '../../src/projections/folding/catch-up.js';
import { ROWS_PER_STEP } from '../../src/projections/folding/fold-beside.js';
import { MAX_EVENTS_AGAIN } from '../../src/projections/folding/page-to-fold.js';
import { memoriesTable, memoryIndex } from '../../src/projections/memory-index.projection.js';
import { PROJECTIONS } from '../../src/projections/projection-catalog.js';
import { openStoreForRebuild } from '../../src/store/open-rebuild.js';
import type { NewEvent } from '../../src/writer/write-command.js';
import { append, feeling, joy, numbers } from '../support/appends.js';
import { DATABASES } from '../support/databases.js';
import { beginErasure, finish } from '../support/erase.js';
import { liveFolds } from '../support/folds.js';
import { formed, recalled, registered, retracted, restored, turnRecorded } from '../support/happened.js';
import { foldInThisThread } from '../support/in-this-thread.js';
import { noFolds } from '../support/no-folds.js';
import type { Happened } from '../support/recorder.js';
import { catchUpParts, refoldedRows, storedRows } from '../support/refolded.js';
import { send } from '../support/sent-commands.js';
import type { TestDatabase } from '../support/test-database.js';
import { problemsIn, verified } from '../support/verified.js';
import { WatchedLog } from '../support/watched-log.js';

const by = { userId: 'ada' };
/** More of each than are folded again, or written, in one transaction. */
const MEMORIES = 900;
const FELT = 300;
const TAKEN_BACK = numbers(700).map((n) => n + 1);
/** The position of the first one. The user was registered with the first event. */
const RETRACTION = MEMORIES + FELT + 2;
const NOON = Date.UTC(2026, 0, 1, 12);

const memory = (n: number): Happened =>
  formed({ memoryId: `m${n}`, content: `The ${n}th.` }, { ...by, occurredAt: NOON + n });

const inEach = (events: number) => PROJECTIONS.map(({ name }) => ({ projection: name, events }));

function newEvents(happened: readonly Happened[]): NewEvent[] {
  return happened.map(({ userId: _user, ...event }) => event);
}

for (const database of DATABASES) {
  describe(`${database.name}: a user of some thousand events whose past changes`, () => {
    let db: TestDatabase;

    const write = (happened: readonly Happened[], folds = noFolds) =>
      db.writer(folds).write(append(newEvents(happened), by));
    const takeBack = () => write([retracted(TAKEN_BACK, by)]);
    /** Sends the commands of the service, while all projections are live. */
    const command = (name: string, input: object) =>
      send(db.writer(liveFolds()), { name, userId: 'ada', input });
    const takeBackLive = async (first: number, last: number) => {
      const [from, to] = [NOON + first, NOON + last + 1].map((ms) => new Date(ms).toISOString());
      const { body } = await command('RetractEvents', { from, to });
      return (JSON.parse(body) as { retractionId: string }).retractionId;
    };

    beforeEach(async () => {
      db = await database.open();
      await write([registered(by), ...numbers(MEMORIES).map(memory)]);
      await db.writer(noFolds).write(append(numbers(FELT).map((n) => feeling(`emotion ${n % 7}`))));
      await catchUp(catchUpParts(db), PROJECTIONS);
    });

    afterEach(() => db.close());

    const upToDate = async () => {
      expect(await storedRows(db)).toEqual(await refoldedRows(db.log));
      const { position: head } = await db.log.head();
      expect((await db.rows(checkpointsTable)).map(({ position }) => position)).toEqual(
        PROJECTIONS.map(() => head),
      );
    };

    const through = (log: EventLog) => ({ ...catchUpParts(db), log });

    /** Runs a callback when the shadow tables are filled. */
    async function runRebuild(
      filled: () => Promise<unknown>,
      before?: (transaction: number) => unknown,
    ): Promise<{ report: RebuildReport; log: WatchedLog }> {
      const store = await openStoreForRebuild(db.address);
      try {
        const log = new WatchedLog(store.log, before);
        const parts = { ...store, log, decoder: new EventDecoder(), projections: PROJECTIONS };
        const foldRanges = async (...args: Parameters<ReturnType<typeof foldInThisThread>>) => {
          const ranges = await foldInThisThread(parts)(...args);
          log.held.length = 0;
          await filled();
          return ranges;
        };
        return { report: await rebuild({ ...parts, clock: Date.now, foldRanges }), log };
      } finally {
        await store.close();
      }
    }

    const isReady = async () => {
      expect(await storedRows(db)).toEqual(await refoldedRows(db.log));
      expect(problemsIn(await verified(db))).toEqual([]);
    };

    describe('when a projection catches up', () => {
      it('is folded outside of the transactions, and its rows are written in short ones', async () => {
        await write([joy(), retracted(TAKEN_BACK, by), joy()]);
        const log = new WatchedLog(db.log);
        const inSteps: string[] = [];

        const done = await catchUp(
          { ...through(log), onSteps: ({ name }) => inSteps.push(name) },
          PROJECTIONS,
        );

        expect(done).toEqual(PROJECTIONS.map(({ name }) => ({ projection: name, events: 3 })));
        await upToDate();
        expect((await db.rows(memoriesTable)).length).toBe(MEMORIES - TAKEN_BACK.length);
        expect(log.most.again).toBeLessThanOrEqual(MAX_EVENTS_AGAIN + 1);
        // And the checkpoint.
        expect(log.most.rows).toBeLessThanOrEqual(ROWS_PER_STEP + 1);
        expect(inSteps).toEqual(['memory-index']);
      });

      it('comes back with an undo in the same way', async () => {
        await write([retracted(TAKEN_BACK, by)]);
        await write([restored(RETRACTION, by), retracted([2], by)]);

        await catchUp(through(db.log), PROJECTIONS);

        await upToDate();
        expect((await db.rows(memoriesTable)).length).toBe(MEMORIES - 1);
      });

      it('is folded again from the start after a kill between two of the transactions', async () => {
        await takeBack();
        for (const last of [1, 2, 2]) {
          const log = new WatchedLog(db.log, (transaction) => {
            if (transaction > last) throw new Error('killed');
          });
          await expect(catchUp(through(log), [memoryIndex])).rejects.toThrow('killed');
          const { position } = (await db.rows(checkpointsTable)).find(
            ({ projection }) => projection === memoryIndex.name,
          )!;
          expect(position).toBe(RETRACTION - 1);
        }
        const left = (await db.rows(memoriesTable)).length;
        expect([left < MEMORIES, left > MEMORIES - TAKEN_BACK.length]).toEqual([true, true]);
        await db.reopen();

        await catchUp(through(db.log), PROJECTIONS);

        await upToDate();
      });

      it('keeps what commands write between the transactions', async () => {
        await takeBack();
        const log = new WatchedLog(db.log, async (transaction) => {
          if (transaction > 8) return;
          const writer = db.writer(liveFolds());
          await writer.write(append(newEvents([formed({ memoryId: `late-${transaction}` }, by)]), by));
          await writer.write(append([joy('emotion:bob')], { userId: 'bob' }));
          if (transaction === 3) await write([retracted([702, 703], by)]);
        });

        await catchUp(through(log), PROJECTIONS);
        await catchUp(through(db.log), PROJECTIONS);

        await upToDate();
        expect(await db.rows(memoriesTable)).toContainEqual(expect.objectContaining({ memoryId: 'late-8' }));
      });

      it.each([
        { what: 'an undo', later: restored(RETRACTION, by), left: MEMORIES },
        { what: 'a recall', later: recalled([`m${MEMORIES}`], by), left: MEMORIES - TAKEN_BACK.length },
      ])('is right when another process is faster, and folds $what too', async ({ later, left }) => {
        await takeBack();
        const log = new WatchedLog(db.log, async (transaction) => {
          // One step is written.
          if (transaction !== 3) return;
          await write([later]);
          await catchUp(through(db.log), [memoryIndex]);
        });

        await catchUp(through(log), [memoryIndex]);
        await catchUp(through(db.log), PROJECTIONS);

        await upToDate();
        expect((await db.rows(memoriesTable)).length).toBe(left);
      });

      it('brings nothing back of a user who is erased while it runs', async () => {
        await takeBack();
        await catchUp(through(db.log), PROJECTIONS);
        await write([restored(RETRACTION, by)]);
        const others = PROJECTIONS.filter((each) => each !== memoryIndex);
        await catchUp(through(db.log), others);
        let left: object[] = [];
        const log = new WatchedLog(db.log, async (transaction) => {
          if (transaction === 3) {
            await beginErasure(db, db.writer(liveFolds()), 'ada');
            await finish(db);
          }
          if (transaction === 4) left = await db.rows(memoriesTable);
        });

        await catchUp(through(log), [memoryIndex]);

        expect(left).toEqual([]);
        await catchUp(through(db.log), PROJECTIONS);
        await upToDate();
        expect(await db.rows(memoriesTable)).toEqual([]);
      });

      it('goes in short transactions too when it is erased', async () => {
        const erased = {
          streamId: 'profile:ada',
          type: 'user.erased',
          data: { upTo: 1, events: 1, unsealed: null },
        } as const;
        await write([erased]);
        const log = new WatchedLog(db.log);

        await catchUp(through(log), PROJECTIONS);

        expect(await db.rows(memoriesTable)).toEqual([]);
        await upToDate();
        expect(log.most.again).toBeLessThanOrEqual(MAX_EVENTS_AGAIN + 1);
        expect(log.most.rows).toBeLessThanOrEqual(ROWS_PER_STEP + 1);
      });

      it('cannot be read from when only a part of its rows may be there, and can afterwards', async () => {
        const { address, reads } = db;
        const closed: string[] = [];
        const close = reads.gate.close.bind(reads.gate);
        reads.gate.close = (projection, why) => {
          closed.push(`${projection.name} ${why}`);
          close(projection, why);
        };
        const [rebuilds, erasures] = [new Rebuilds({ address, reads }), new Erasures(address, '')];
        const upkeep = new Upkeep({ address, reads }, rebuilds, erasures);
        await takeBack();
        try {
          upkeep.begin();
          for (;;) {
            const { projections } = await reads.positions();
            const isCaughtUp = projections.every(
              ({ name, status }) => status === 'live' && !reads.gate.whyClosed(name),
            );
            if (isCaughtUp) break;
            await setTimeout(20);
          }
        } finally {
          await upkeep.close();
          await Promise.all([rebuilds.close(), erasures.close()]);
        }

        expect(closed).toEqual(['memory-index rebuilding']);
        await upToDate();
      });

      it('is left to Upkeep by a writer, with the whole pages before it folded once', async () => {
        const long = 'x'.repeat(60_000);
        const turns = numbers(60).map((n) => turnRecorded({ turnId: `t${n}`, userMessage: long }, by));
        await write(turns);
        await takeBack();

        await db.writer(liveFolds()).write(append([joy('emotion:bob')], { userId: 'bob' }));

        for (const { position } of await db.rows(checkpointsTable))
          expect(position).toBeLessThan(RETRACTION + turns.length);
        await catchUp(through(db.log), PROJECTIONS);
        await upToDate();
      });
    });

    describe('during a rebuild', () => {
      it('is rebuilt instead of caught up with, where that comes often and nobody uses the store', async () => {
        const store = await openStoreForRebuild(db.address);
        const parts = { ...store, decoder: new EventDecoder(), projections: PROJECTIONS, clock: Date.now };
        const rest = () => foldRest({ ...parts, foldRanges: foldInThisThread(parts) });

        for (const n of [1, 2]) await write([retracted([n + 1], by)]);
        expect(await rest()).toEqual({ caughtUp: inEach(2), stopped: [] });
        await upToDate();

        for (const n of numbers(21)) await write([retracted([n + 10], by)]);
        const { position: head } = await db.log.head();
        expect(await rest()).toEqual({ caughtUp: inEach(head), stopped: [] });
        await store.close();
        await isReady();
      });

      it('is folded beside it, and no transaction is long, the swap neither', async () => {
        const { report, log } = await runRebuild(() => takeBackLive(1, 700));

        expect(report).toMatchObject({ position: RETRACTION, swapped: PROJECTIONS.map(({ name }) => name) });
        await isReady();
        expect((await db.rows(memoriesTable)).length).toBe(MEMORIES - 700);
        expect(log.most.again).toBeLessThanOrEqual(MAX_EVENTS_AGAIN + 1);
        expect(log.most.rows).toBeLessThanOrEqual(ROWS_PER_STEP);
      });

      it('is folded again when more of it is taken back before the swap', async () => {
        let isFilled = false;
        let later = 0;
        const { log } = await runRebuild(
          async () => {
            isFilled = true;
            await takeBackLive(1, 700);
          },
          async (transaction) => {
            if (!isFilled || later === 3 || transaction < 3) return;
            later++;
            await command('FormMemory', { memoryId: `late-${later}`, type: 'fact', content: 'Late.' });
            await takeBackLive(800 + later, 800 + later);
            await db.writer(liveFolds()).write(append([joy('emotion:bob')], { userId: 'bob' }));
          },
        );

        expect(later).toBe(3);
        await isReady();
        expect((await db.rows(memoriesTable)).length).toBe(MEMORIES - 700);
        expect(log.most.again).toBeLessThanOrEqual(MAX_EVENTS_AGAIN + 1);
      });

      it('leaves the rows as they are when it is killed between two of the transactions', async () => {
        const retractionId = await takeBackLive(1, 700);
        let isFilled = false;
        const killed = runRebuild(
          async () => {
            isFilled = true;
            await command('RestoreEvents', { retractionId });
          },
          (transaction) => {
            if (isFilled && transaction > 2) throw new Error('killed');
          },
        );
        await expect(killed).rejects.toThrow('killed');
        await isReady();

        await runRebuild(() => takeBackLive(1, 10));

        await isReady();
      });
    });
  });
}
