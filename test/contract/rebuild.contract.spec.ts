import * as fc from 'fast-check';
import type { Table } from '../../src/database/table.js';
import { EventDecoder } from '../../src/events/log/event-decoder.js';
import type { EventLog } from '../../src/events/log/event-log.js';
import { checkpointsTable, failuresTable, skipsTable } from '../../src/events/log/log-tables.js';
import type { FoldRangeParts } from '../../src/operations/rebuild/fold-range.js';
import { rebuild, type RebuildReport } from '../../src/operations/rebuild/rebuild.js';
import { emotionPatternsTable } from '../../src/projections/emotion-trend.projection.js';
import { LiveFolds } from '../../src/projections/folding/live-folds.js';
import { PROJECTIONS } from '../../src/projections/projection-catalog.js';
import type { Projection } from '../../src/projections/projection.js';
import { openLog } from '../../src/store/open-log.js';
import { openStoreForRebuild } from '../../src/store/open-rebuild.js';
import { append, feeling, numbers } from '../support/appends.js';
import { DATABASES } from '../support/databases.js';
import { DelegatingLog } from '../support/delegating-log.js';
import { liveFolds } from '../support/folds.js';
import { foldInThisThread } from '../support/in-this-thread.js';
import { propertyRuns } from '../support/property-runs.js';
import { bursts, minuteClock, sendAll } from '../support/random-commands.js';
import { storedRows } from '../support/refolded.js';
import type { TestDatabase } from '../support/test-database.js';
import { verified, problemsIn } from '../support/verified.js';

async function runRebuild(
  db: Pick<TestDatabase, 'address'>,
  projections: readonly Projection[] = PROJECTIONS,
  progress?: () => void,
  folding: Partial<FoldRangeParts> = {},
): Promise<RebuildReport> {
  const store = await openStoreForRebuild(db.address);
  try {
    const decoder = new EventDecoder();
    const parts = { ...store, decoder, projections };
    const foldRanges = foldInThisThread({ ...parts, ...folding });
    return await rebuild({ ...parts, clock: Date.now, foldRanges, progress });
  } finally {
    await store.close();
  }
}

/** Runs a callback after rows were inserted into shadow tables. */
class FilledLog extends DelegatingLog {
  constructor(
    log: EventLog,
    private readonly afterInsert: (rows: readonly object[]) => Promise<void>,
  ) {
    super(log);
  }

  override async bulkInsert(rows: ReadonlyMap<Table, readonly object[]>): Promise<void> {
    await super.bulkInsert(rows);
    const all = [...rows.values()].flat();
    if (all.length > 0) await this.afterInsert(all);
  }
}

const NAMES = PROJECTIONS.map(({ name }) => name);
const [, , emotions] = PROJECTIONS as [Projection, Projection, Projection];

/** A new version of the emotion projection, which folds every intensity as 1. */
const newer: Projection = {
  ...emotions,
  version: emotions.version + 1,
  folds: {
    'emotion.observed': (event, rows) =>
      emotions.folds['emotion.observed']?.({ ...event, data: { ...event.data, intensity: 1 } }, rows),
  },
};

for (const database of DATABASES) {
  describe(`${database.name}: a rebuild`, () => {
    it('changes nothing after random commands, and the store continues as before', async () => {
      await fc.assert(
        fc.asyncProperty(bursts, bursts, async (before, after) => {
          const db = await database.open();
          try {
            const writer = db.writer(liveFolds(), { clock: minuteClock() });
            await sendAll(writer, before);
            const rows = await storedRows(db);

            const { differences, swapped, failed } = await runRebuild(db);

            expect(differences.filter(({ differences: count }) => count > 0)).toEqual([]);
            expect({ swapped, failed }).toEqual({ swapped: NAMES, failed: [] });
            expect(await storedRows(db)).toEqual(rows);
            expect(problemsIn(await verified(db))).toEqual([]);
            await sendAll(writer, after);
            expect(problemsIn(await verified(db))).toEqual([]);
          } finally {
            await db.close();
          }
        }),
        propertyRuns(3),
      );
    });

    describe('of many events', () => {
      let db: TestDatabase;

      const write = (count: number, users = 50) => {
        const writer = db.writer(new LiveFolds(PROJECTIONS));
        return Promise.all(
          numbers(count).map((n) =>
            writer.write(
              append([feeling(`emotion ${n % 5}`, `emotion:user-${n % users}`)], {
                userId: `user-${n % users}`,
              }),
            ),
          ),
        );
      };

      beforeEach(async () => {
        db = await database.open();
        await write(2_000);
      });

      afterEach(() => db.close());

      it('includes the events that are written while it runs', async () => {
        let laterWrites: Promise<unknown> | undefined;
        const done = await runRebuild(db, PROJECTIONS, () => {
          laterWrites ??= write(1_500, 70);
        });
        await laterWrites;

        expect(done.swapped).toEqual(NAMES);
        expect(await verified(db)).toMatchObject({ ok: true, events: 3_500, findings: [] });
      });

      it('folds no user twice who writes while later users are folded', async () => {
        const log = openLog(db.address);
        const writer = db.writer(new LiveFolds(PROJECTIONS));
        const filled: string[] = [];
        const talkingLog = new FilledLog(log.log, async (rows) => {
          filled.push(...rows.map((row) => (row as { userId: string }).userId));
          const userId = filled.toSorted().at(-1) ?? '';
          await writer.write(append([feeling('late', `emotion:${userId}`)], { userId }));
        });

        const { swapped } = await runRebuild(db, PROJECTIONS, undefined, {
          log: talkingLog,
          snapshotEvents: 100,
        });
        await log.close();

        expect(swapped).toEqual(NAMES);
        expect(new Set(filled).size).toBe(50);
        const { ok, events, findings, projections } = await verified(db);
        expect({ ok, findings }).toEqual({ ok: true, findings: [] });
        expect(events).toBeGreaterThan(2_010);
        expect(projections.map(({ firstDifferences }) => firstDifferences)).toEqual(NAMES.map(() => []));
      });

      it('repairs rows that were changed by hand, and reports the differences', async () => {
        await db.execute(
          `update emotion_patterns set frequency = 999 where user_id = 'user-7' and emotion = 'emotion 2'`,
        );
        await db.execute(`delete from emotion_observations where user_id = 'user-8'`);
        expect((await verified(db)).ok).toBe(false);

        const { differences } = await runRebuild(db);

        const emotionReport = differences.find(({ name }) => name === emotions.name);
        expect(emotionReport?.differences).toBeGreaterThanOrEqual(2);
        expect(emotionReport?.firstDifferences).toContainEqual(
          expect.objectContaining({
            key: ['user-7', 'emotion 2'],
            live: expect.objectContaining({ frequency: 999 }),
          }),
        );
        expect((await verified(db)).ok).toBe(true);
      });

      it('leaves the schema exactly as the migrations made it', async () => {
        const before = await db.schema();
        await runRebuild(db);
        expect(await db.schema()).toEqual(before);
        await runRebuild(db);
        expect(await db.schema()).toEqual(before);
      });

      it('brings a projection of a new version up to date, which live folding had left alone', async () => {
        const projections = PROJECTIONS.map((projection) => (projection === emotions ? newer : projection));
        const writer = db.writer(new LiveFolds(projections));
        const foldedByNewVersion = async () => {
          const rows = await db.rows(emotionPatternsTable);
          return rows.filter(({ meanIntensity }) => meanIntensity === 1).length;
        };
        await writer.write(append([feeling('new')], { userId: 'newcomer' }));
        expect(await foldedByNewVersion()).toBe(0);

        const { swapped, differences } = await runRebuild(db, [newer]);

        expect({ swapped, differences }).toEqual({ swapped: [emotions.name], differences: [] });
        expect(await foldedByNewVersion()).toBe((await db.rows(emotionPatternsTable)).length);
        await writer.write(append([feeling('newest')], { userId: 'newcomer' }));
        expect(await foldedByNewVersion()).toBe((await db.rows(emotionPatternsTable)).length);
        expect((await verified(db, { projections })).ok).toBe(true);
      });

      it('stops one projection at an event it cannot fold, keeps its rows, and rebuilds the others', async () => {
        const poisoned: Projection = {
          ...newer,
          folds: {
            'emotion.observed': (event, rows) => {
              if (event.position === 1_234) throw new RangeError('poison');
              newer.folds['emotion.observed']?.(event, rows);
            },
          },
        };
        const projections = PROJECTIONS.map((projection) =>
          projection === emotions ? poisoned : projection,
        );
        const rows = await storedRows(db);
        const [poison] = await db.log.read({ after: 1_233, limit: 1 });

        const { swapped, failed } = await runRebuild(db, projections);

        expect(swapped).toEqual(NAMES.filter((name) => name !== emotions.name));
        const eventId = poison?.eventId ?? '';
        const cause = expect.stringContaining('poison');
        expect(failed).toMatchObject([{ projection: emotions.name, position: 1_234, eventId, cause }]);
        expect(await db.rows(failuresTable)).toMatchObject([
          { projection: emotions.name, position: 1_234, eventId, cause },
        ]);
        expect(await storedRows(db)).toEqual(rows);

        const skip = { projection: emotions.name, eventId, position: 1_234, cause: 'poison', skippedAt: 1 };
        await db.insertRow(skipsTable, skip);
        const again = await runRebuild(db, [poisoned]);

        expect(again).toMatchObject({ swapped: [emotions.name], failed: [] });
        expect(await db.rows(failuresTable)).toEqual([]);
        const report = await verified(db, { projections });
        expect(report).toMatchObject({ ok: true, skipped: [skip] });
      });

      it('that was killed leaves the live rows unchanged, and the next one succeeds', async () => {
        const rows = await storedRows(db);
        const killed = runRebuild(db, PROJECTIONS, () => {
          throw new Error('killed');
        });
        await expect(killed).rejects.toThrow('killed');
        expect(await storedRows(db)).toEqual(rows);
        expect((await verified(db)).ok).toBe(true);

        expect((await runRebuild(db)).swapped).toEqual(NAMES);
        expect((await verified(db)).ok).toBe(true);
      });

      it('leaves each checkpoint at the head', async () => {
        await runRebuild(db);
        const { position } = await db.log.head();
        const checkpoints = await db.rows(checkpointsTable);
        expect(checkpoints.map((checkpoint) => checkpoint.position)).toEqual(NAMES.map(() => position));
      });
    });
  });
}
