import type { LogTransaction } from '../../src/events/log/event-log.js';
import { checkpointsTable, failuresTable } from '../../src/events/log/log-tables.js';
import { emotionPatternsTable, emotionTrend } from '../../src/projections/emotion-trend.projection.js';
import { MAX_INLINE_EVENTS } from '../../src/projections/folding/catch-up-inline.js';
import { catchUp } from '../../src/projections/folding/catch-up.js';
import { skipId } from '../../src/projections/folding/checkpoints.js';
import { openProjections } from '../../src/projections/folding/open-projections.js';
import { PROJECTIONS } from '../../src/projections/projection-catalog.js';
import type { Projection } from '../../src/projections/projection.js';
import { append, feeling, joy, numbers } from '../support/appends.js';
import { DATABASES } from '../support/databases.js';
import { DelegatingLog } from '../support/delegating-log.js';
import { liveFolds } from '../support/folds.js';
import { noFolds } from '../support/no-folds.js';
import { catchUpParts, refoldedRows, storedRows } from '../support/refolded.js';
import { insertChange, type TestDatabase } from '../support/test-database.js';

/** More than two pages, for two users. */
const EVENTS = 2_300;
const ADA_EVENTS = 1_200;
const POISON_POSITION = 1_500;

/** The emotion projection, but it cannot fold the event at POISON_POSITION. */
const poisoned: Projection = {
  ...emotionTrend,
  folds: {
    'emotion.observed': (event, rows) => {
      if (event.position === POISON_POSITION) throw new RangeError('poison');
      emotionTrend.folds['emotion.observed']?.(event, rows);
    },
  },
};

for (const database of DATABASES) {
  describe(`${database.name}: catch-up over a log longer than a page`, () => {
    let db: TestDatabase;

    /** Each event has one of seven emotions, so that every page updates the rows of the page before. */
    async function write(folds: typeof noFolds): Promise<void> {
      const writer = db.writer(folds);
      for (const [userId, count] of [
        ['ada', ADA_EVENTS],
        ['bob', EVENTS - ADA_EVENTS],
      ] as const) {
        await writer.write(
          append(
            numbers(count).map((n) => feeling(`emotion ${n % 7}`)),
            { userId },
          ),
        );
      }
    }

    const writeUnfolded = (count: number) =>
      db.writer(noFolds).write(append(numbers(count).map(() => joy())));

    beforeEach(async () => {
      db = await database.open();
    });

    afterEach(() => db.close());

    it('folds every event once, to the same rows as folding in memory', async () => {
      await write(noFolds);

      const done = await catchUp(catchUpParts(db), PROJECTIONS);

      expect(done).toEqual(PROJECTIONS.map(({ name }) => ({ projection: name, events: EVENTS })));
      expect(await storedRows(db)).toEqual(await refoldedRows(db.log));
      expect((await db.rows(checkpointsTable)).map(({ position }) => position)).toEqual(
        PROJECTIONS.map(() => EVENTS),
      );
    });

    it('folds only the events after the checkpoint when it runs again', async () => {
      await write(noFolds);
      await catchUp(catchUpParts(db), PROJECTIONS);
      await db.writer(noFolds).write(append([joy(), joy()]));

      const done = await catchUp(catchUpParts(db), PROJECTIONS);

      expect(done).toEqual(PROJECTIONS.map(({ name }) => ({ projection: name, events: 2 })));
      expect(await storedRows(db)).toEqual(await refoldedRows(db.log));
    });

    it('names the projection that cannot fold an event, and keeps the whole pages before it', async () => {
      await write(noFolds);

      await expect(catchUp(catchUpParts(db), [poisoned])).rejects.toMatchObject({
        code: 'projection.failed',
      });
      await expect(catchUp(catchUpParts(db), [poisoned])).rejects.toThrow('emotion-trend could not fold');

      const [checkpoint] = await db.rows(checkpointsTable);
      expect(checkpoint?.position).toBeLessThan(POISON_POSITION);
      const folded = (await db.rows(emotionPatternsTable)).reduce((sum, { frequency }) => sum + frequency, 0);
      expect(folded).toBe(checkpoint?.position);
    });

    it('continues from the checkpoint after a restart, once the projection is fixed', async () => {
      await write(noFolds);
      await expect(catchUp(catchUpParts(db), [poisoned])).rejects.toMatchObject({
        code: 'projection.failed',
      });
      const [checkpoint] = await db.rows(checkpointsTable);
      await db.reopen();

      const done = await catchUp(catchUpParts(db), [emotionTrend]);

      expect(done).toEqual([{ projection: 'emotion-trend', events: EVENTS - (checkpoint?.position ?? 0) }]);
      expect(await db.rows(emotionPatternsTable)).toEqual((await refoldedRows(db.log)).emotion_patterns);
    });

    it('leaves out the events that a projection is set to skip', async () => {
      await write(noFolds);
      const skipping = catchUpParts(db, new Set([skipId('emotion-trend', POISON_POSITION)]));

      const done = await catchUp(skipping, [poisoned]);

      expect(done).toEqual([{ projection: 'emotion-trend', events: EVENTS }]);
      const folded = async () =>
        (await db.rows(emotionPatternsTable)).reduce((sum, { frequency }) => sum + frequency, 0);
      expect(await folded()).toBe(EVENTS - 1);
    });

    it('clears the recorded failure once the projection has folded past the event', async () => {
      await write(noFolds);
      const begun = { projection: poisoned.name, version: poisoned.version, position: 0 };
      await db.log.transaction((transaction) => transaction.save(insertChange(checkpointsTable, begun)));
      const parts = { ...catchUpParts(db), shared: false };
      const { failed } = await openProjections(parts, [poisoned]);
      expect(failed).toEqual([poisoned]);
      expect(await db.rows(failuresTable)).toMatchObject([
        { projection: 'emotion-trend', position: POISON_POSITION },
      ]);

      const { failed: stillFailed } = await openProjections(parts, [emotionTrend]);

      expect(stillFailed).toEqual([]);
      expect(await db.rows(failuresTable)).toEqual([]);
    });

    it('does not touch the rows of a newer release, even if it swapped them in between two transactions', async () => {
      await write(liveFolds());
      const before = await storedRows(db);
      const newer = { projection: emotionTrend.name, version: emotionTrend.version + 1, position: EVENTS };
      class SwappingLog extends DelegatingLog {
        private transactions = 0;

        override async transaction<T>(work: (transaction: LogTransaction) => T | Promise<T>): Promise<T> {
          this.transactions += 1;
          if (this.transactions === 2)
            await this.log.transaction((transaction) =>
              transaction.save(insertChange(checkpointsTable, newer)),
            );
          return this.log.transaction(work);
        }
      }
      const parts = { ...catchUpParts(db), log: new SwappingLog(db.log), shared: true };

      const { outdated, stale, failed } = await openProjections(parts, [emotionTrend]);

      expect([outdated, stale, failed]).toEqual([[emotionTrend], [], []]);
      expect(await storedRows(db)).toEqual(before);
      expect(await db.rows(checkpointsTable)).toContainEqual(newer);
    });

    describe('for a writer that finds events appended but not folded by another release', () => {
      it('happens inside its own transaction when there are few', async () => {
        await db.writer(liveFolds()).write(append([joy()]));
        await writeUnfolded(MAX_INLINE_EVENTS - 1);

        await db.writer(liveFolds()).write(append([joy()]));

        expect(await storedRows(db)).toEqual(await refoldedRows(db.log));
        const positions = (await db.rows(checkpointsTable)).map(({ position }) => position);
        expect(positions).toEqual(PROJECTIONS.map(() => MAX_INLINE_EVENTS + 1));
      });

      it('is left to Upkeep when there are many, and for a projection that has stopped', async () => {
        await db.writer(liveFolds()).write(append([joy()]));
        await writeUnfolded(MAX_INLINE_EVENTS + 1);
        await db.writer(liveFolds()).write(append([joy()]));
        expect((await db.rows(checkpointsTable)).map(({ position }) => position)).toEqual(
          PROJECTIONS.map(() => 1),
        );

        await catchUp(catchUpParts(db), PROJECTIONS);
        await writeUnfolded(1);
        const stopped = { eventId: '', cause: 'x', failedAt: 0, position: MAX_INLINE_EVENTS + 4 };
        await db.log.transaction((transaction) =>
          transaction.save(insertChange(failuresTable, { ...stopped, projection: 'emotion-trend' })),
        );
        await db.writer(liveFolds()).write(append([joy()]));
        const folded = await db.rows(checkpointsTable);
        expect(folded.map(({ projection, position }) => [projection, position])).toEqual(
          folded.map(({ projection }) => [
            projection,
            projection === 'emotion-trend' ? MAX_INLINE_EVENTS + 3 : MAX_INLINE_EVENTS + 5,
          ]),
        );
      });
    });

    it('refolds everything for a new version of a projection, and only for that projection', async () => {
      await write(liveFolds());
      const before = await storedRows(db);
      const newer = PROJECTIONS.map((each) =>
        each === emotionTrend ? { ...each, version: each.version + 1 } : each,
      );

      const done = await catchUp(catchUpParts(db), newer);

      expect(done).toEqual([{ projection: 'emotion-trend', events: EVENTS }]);
      expect(await storedRows(db)).toEqual(before);
      const checkpoints = await db.rows(checkpointsTable);
      expect(checkpoints.find(({ projection }) => projection === 'emotion-trend')?.version).toBe(
        emotionTrend.version + 1,
      );
    });
  });
}
