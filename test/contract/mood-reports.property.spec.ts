import * as fc from 'fast-check';
import type { StoreEvent } from '../../src/events/event-catalog.js';
import { computeReport } from '../../src/modules/reports/compute-report.js';
import { ReportCalendar } from '../../src/modules/reports/query/report-calendar.js';
import { resolveQuery } from '../../src/modules/reports/query/resolve-query.js';
import { definitionOf } from '../../src/modules/reports/report-catalog.js';
import type { Fact } from '../../src/projections/facts.js';
import { LiveFolds } from '../../src/projections/folding/live-folds.js';
import { PROJECTIONS } from '../../src/projections/projection-catalog.js';
import { userActivityTable } from '../../src/projections/user-activity.projection.js';
import { readStore } from '../../src/store/open-store-reader.js';
import { DATABASES } from '../support/databases.js';
import { propertyRuns } from '../support/property-runs.js';
import { bursts, minuteClock, sendAll } from '../support/random-commands.js';
import { counting, decoded } from '../support/refolded.js';
import { userOf } from '../support/report-facts.js';

const QUESTIONS: readonly (readonly [name: string, sent: object])[] = [
  ['mood', {}],
  ['mood', { groupBy: ['hourOfDay'], bucket: 'week', timeZone: 'event', center: 'user' }],
  [
    'mood',
    { groupBy: ['emotion', 'user'], bucket: 'month', timeZone: 'Pacific/Apia', valence: 'счастье:0.7' },
  ],
  [
    'mood',
    { groupBy: ['trigger'], bucket: 'all', clock: 'recorded', measures: ['n', 'rmssd', 'inertia', 'pac'] },
  ],
  ['mood', { groupBy: ['session'], mapping: 'sign' }],
  ['mood', { pivot: '2025-03-03', pivotDays: 20, timeZone: 'Europe/Berlin', fill: 'zero' }],
  ['cohorts', { cohortBy: 'day', period: 'day', periods: 3, measure: 'mood', method: 'rolling' }],
  ['cohorts', { timeZone: 'event', minReturns: 2, measure: 'turns', method: 'cumulative' }],
];

/** The facts that these reports read, straight from the events. */
function factOf(event: StoreEvent): Fact[] {
  const { position, recordedAt, occurredAt, utcOffset } = event;
  const times = { position, recordedAt, occurredAt, utcOffset };
  if (event.type === 'user.registered') return [{ type: event.type, ...times }];
  if (event.type === 'turn.recorded')
    return [{ type: event.type, sessionId: event.data.sessionId, ...times }];
  if (event.type !== 'emotion.observed') return [];
  const { emotion, intensity, triggers, sessionId } = event.data;
  const micros = Math.round(intensity * 1e6);
  return [{ type: event.type, emotion, micros, triggers, sessionId: sessionId ?? null, ...times }];
}

/** The answer that the events up to a position give, with the users in the opposite order. */
function fromEvents(name: string, sent: object, events: readonly StoreEvent[], recordedAt: number): string {
  const definition = definitionOf(name);
  const query = resolveQuery(definition, sent);
  const run = definition.begin(query, new ReportCalendar(query, recordedAt));
  const users = [...Map.groupBy(events, ({ userId }) => userId)];
  for (const [userId, own] of users.toSorted(([a], [b]) => (a < b ? 1 : -1))) {
    run.takeUser(userOf(userId, ...own.flatMap(factOf)));
  }
  return JSON.stringify(run.result());
}

describe.each(DATABASES)('$name: mood and cohorts after random commands', (database) => {
  it('are what the events say, at the head and at past positions, in any pages and order of users', async () => {
    let items = 0;
    const property = fc.asyncProperty(
      bursts,
      fc.nat(),
      fc.integer({ min: 1, max: 3 }),
      async (sent, past, limit) => {
        const db = await database.open();
        try {
          await sendAll(db.writer(new LiveFolds(PROJECTIONS), { clock: minuteClock() }), sent);
          const events = await decoded(db.log);
          await readStore(db.address, async (reader) => {
            const pages = {
              rows: ((table, query) =>
                reader.rows(
                  table,
                  table.name === userActivityTable.name ? { ...query, limit } : query,
                )) as typeof reader.rows,
            };
            for (const [name, asked] of QUESTIONS) {
              const query = resolveQuery(definitionOf(name), asked);
              for (const position of [events.length, past % (events.length + 1)]) {
                const recordedAt = events[position - 1]?.recordedAt ?? 0;
                const known = (await counting(db.log, position)).filter(
                  (event) => event.position <= position,
                );
                const answer = await computeReport(pages, definitionOf(name), {
                  query,
                  position,
                  recordedAt,
                });
                expect(JSON.stringify(answer)).toBe(fromEvents(name, asked, known, recordedAt));
                items += answer.items.length;
              }
            }
          });
        } finally {
          await db.close();
        }
      },
    );
    await fc.assert(property, propertyRuns(3));
    expect(items).toBeGreaterThan(0);
  });
});
