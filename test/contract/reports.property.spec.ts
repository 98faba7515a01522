import * as fc from 'fast-check';
import type { StoreEvent } from '../../src/events/event-catalog.js';
import { BUCKETS, WEEK_STARTS } from '../../src/modules/calendar.js';
import { computeReport, type ComputedReport } from '../../src/modules/reports/compute-report.js';
import type { ResolvedQuery, SentQuery } from '../../src/modules/reports/query/report-query.js';
import { resolveQuery } from '../../src/modules/reports/query/resolve-query.js';
import { definitionOf } from '../../src/modules/reports/report-catalog.js';
import type { ReportDefinition } from '../../src/modules/reports/report.js';
import { LiveFolds } from '../../src/projections/folding/live-folds.js';
import type { StoreReader } from '../../src/projections/folding/store-reader.js';
import { PROJECTIONS } from '../../src/projections/projection-catalog.js';
import { userActivityTable } from '../../src/projections/user-activity.projection.js';
import { openStoreReader } from '../../src/store/open-store-reader.js';
import { DATABASES } from '../support/databases.js';
import { naiveItems } from '../support/naive-reports.js';
import { propertyRuns } from '../support/property-runs.js';
import { bursts, minuteClock, sendAll, USERS } from '../support/random-commands.js';
import { counting, decoded } from '../support/refolded.js';
import type { TestDatabase } from '../support/test-database.js';

const ZONES = ['UTC', 'event', 'Europe/Berlin', 'Africa/Casablanca', 'Asia/Kathmandu', 'Pacific/Apia'];
/** Some queries filter; most do not, so that they have something to count. */
const sometimes = <T>(values: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: values });
const starts = sometimes(fc.constantFrom('2025-02-10', '2025-02-23T02:30:00Z', '2025-03-01'));
const ends = sometimes(fc.constantFrom('2025-03-03T08:02:00.000Z', '2025-03-04'));
const optional = { requiredKeys: [] as never[] };

/** What every report knows. */
const shared = {
  from: starts,
  to: ends,
  clock: fc.constantFrom('occurred' as const, 'recorded' as const),
  timeZone: fc.constantFrom(...ZONES),
  weekStart: fc.constantFrom(...WEEK_STARTS),
  bucket: fc.constantFrom(...BUCKETS),
  users: sometimes(fc.subarray([...USERS, 'nobody'], { minLength: 2 })),
};
const joined = { joinedFrom: starts, joinedTo: ends };

const questions: fc.Arbitrary<{ name: string; sent: SentQuery }> = fc.oneof(
  {
    weight: 3,
    arbitrary: ofReport('emotions', {
      ...shared,
      ...joined,
      groupBy: fc.subarray(['emotion', 'user', 'trigger', 'hourOfDay', 'weekday', 'session'], {
        minLength: 1,
      }),
      measures: fc.subarray(['count', 'meanIntensity', 'variance', 'share', 'lift', 'npmi'], {
        minLength: 1,
      }),
      emotions: sometimes(fc.subarray([' Joy', 'fear', 'счастье'], { minLength: 1 })),
      triggers: sometimes(fc.subarray(['harbour', 'WORK', '家'], { minLength: 1 })),
      minCount: sometimes(fc.integer({ min: 0, max: 2 })),
      top: sometimes(fc.integer({ min: 1, max: 3 })),
    }),
  },
  { weight: 1, arbitrary: ofReport('usage', { ...shared, ...joined }) },
  {
    weight: 1,
    arbitrary: ofReport('memories', {
      ...shared,
      ...joined,
      groupBy: fc.subarray(['type', 'user'], { minLength: 1 }),
    }),
  },
  {
    weight: 1,
    arbitrary: ofReport('events', {
      ...shared,
      types: sometimes(fc.subarray(['turn.recorded', 'memory.formed'], { minLength: 1 })),
    }),
  },
);

function ofReport(name: string, parameters: Record<string, fc.Arbitrary<unknown>>) {
  return fc.record(parameters, optional).map((sent) => ({ name, sent: sent as SentQuery }));
}

/** The question as it is asked; undefined when the report refuses it. */
function resolved(definition: ReportDefinition, sent: SentQuery): ResolvedQuery | undefined {
  try {
    return resolveQuery(definition, sent);
  } catch {
    return undefined;
  }
}

/** Reads pages of a few rows, as a store with many users does. */
function inSmallPages(reader: StoreReader, limit: number): Pick<StoreReader, 'rows'> {
  return {
    rows: (table, query) =>
      reader.rows(table, table.name === userActivityTable.name ? { ...query, limit } : query),
  };
}

interface Asked {
  events: readonly StoreEvent[];
  reader: StoreReader;
  pageSize?: number;
}

function compute(
  { events, reader, pageSize = 500 }: Asked,
  name: string,
  query: ResolvedQuery,
  position: number,
) {
  const recordedAt = events[position - 1]?.recordedAt ?? 0;
  return computeReport(inSmallPages(reader, pageSize), definitionOf(name), { query, position, recordedAt });
}

async function withReader<T>(db: TestDatabase, work: (reader: StoreReader) => Promise<T>): Promise<T> {
  const reader = openStoreReader(db.address);
  try {
    return await work(reader);
  } finally {
    await reader.close();
  }
}

describe.each(DATABASES)('$name: reports after random commands', (database) => {
  it('are those that counting the events gives, at the head and at every past position', async () => {
    let compared = 0;
    const property = fc.asyncProperty(
      bursts,
      fc.array(questions, { minLength: 25, maxLength: 25 }),
      fc.integer({ min: 1, max: 3 }),
      async (sent, asked, pageSize) => {
        const db = await database.open();
        try {
          const writer = db.writer(new LiveFolds(PROJECTIONS), { clock: minuteClock() });
          await sendAll(writer, sent);
          const events = await decoded(db.log);
          await withReader(db, async (reader) => {
            for (const [i, { name, sent: query }] of asked.entries()) {
              const definition = definitionOf(name);
              const full = resolved(definition, query);
              if (!full) continue;
              const position = i % 2 === 0 ? events.length : (i * 7) % (events.length + 1);
              const recordedAt = events[position - 1]?.recordedAt ?? 0;
              const { items } = await compute({ events, reader, pageSize }, name, full, position);
              // A histogram is one of the log, which keeps what was taken back.
              const known = definition.countsRetracted ? events : await counting(db.log, position);
              const expected = naiveItems(name, known, full, { position, recordedAt });
              const columns = definition.columns(full).map((column) => column.name);
              expect({ name, full, items: items.map((item) => pick(item, columns)) }).toEqual({
                name,
                full,
                items: expected,
              });
              compared += items.length;
            }
          });
        } finally {
          await db.close();
        }
      },
    );
    await fc.assert(property, propertyRuns(4));
    expect(compared).toBeGreaterThan(0);
  });

  it('stay the same at a position, whatever is appended afterwards', async () => {
    const property = fc.asyncProperty(
      bursts,
      bursts,
      fc.array(questions, { minLength: 8, maxLength: 8 }),
      async (first, then, asked) => {
        const db = await database.open();
        try {
          const writer = db.writer(new LiveFolds(PROJECTIONS), { clock: minuteClock() });
          await sendAll(writer, first);
          const before = await decoded(db.log);
          const answers = async (): Promise<(ComputedReport | undefined)[]> =>
            withReader(db, (reader) =>
              Promise.all(
                asked.map(async ({ name, sent }) => {
                  const query = resolved(definitionOf(name), sent);
                  return query && compute({ events: before, reader }, name, query, before.length);
                }),
              ),
            );
          const then1 = await answers();
          await sendAll(writer, then, 'later');
          expect(await answers()).toEqual(then1);
        } finally {
          await db.close();
        }
      },
    );
    await fc.assert(property, propertyRuns(3));
  });
});

function pick(item: object, names: readonly string[]): object {
  return Object.fromEntries(names.map((name) => [name, (item as Record<string, unknown>)[name]]));
}
