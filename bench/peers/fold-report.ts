// A report, computed from the blocks of facts as the service does it, and by folding the events themselves:
// the events of the report are read in pages, decoded as for folds, and counted by the same code.
import { join } from 'node:path';

type Computing = typeof import('../../src/modules/reports/compute-report.ts');
type Resolving = typeof import('../../src/modules/reports/query/resolve-query.ts');
type Catalog = typeof import('../../src/modules/reports/report-catalog.ts');
type Calendars = typeof import('../../src/modules/reports/query/report-calendar.ts');
type Readers = typeof import('../../src/store/open-store-reader.ts');
type Decoders = typeof import('../../src/events/log/event-decoder.ts');
type Reader = ReturnType<Readers['openStoreReader']>;

const EVENTS_PER_PAGE = 1_000;
const MICROS = 1_000_000;

/** What took how long, in ms of CPU and of time. */
interface Cost {
  cpuMs: number;
  ms: number;
}

/** The costs of a report over the store of a folder. */
export interface FoldedReport {
  events: number;
  blocks: Cost;
  folding: Cost;
}

async function run(folder: string): Promise<FoldedReport> {
  const { openStoreReader } = await importBuilt<Readers>('store/open-store-reader.js');
  const { computeReport } = await importBuilt<Computing>('modules/reports/compute-report.js');
  const { resolveQuery } = await importBuilt<Resolving>('modules/reports/query/resolve-query.js');
  const { definitionOf } = await importBuilt<Catalog>('modules/reports/report-catalog.js');
  const reader = openStoreReader({ file: join(folder, 'edgesoul.db') });
  const { position, recordedAt } = await reader.head();
  const definition = definitionOf('emotions');
  const query = resolveQuery(definition, { groupBy: ['emotion'] });
  const question = { query, position, recordedAt };
  const folded = await timed(() => fold(reader, definition, question));
  const computed = await timed(() => computeReport(reader, definition, question));
  if (JSON.stringify(folded.result.items) !== JSON.stringify(computed.result.items))
    throw new Error('The folded events give another report.');
  await reader.close();
  return { events: position, blocks: computed.cost, folding: folded.cost };
}

async function fold(
  reader: Reader,
  definition: ReturnType<Catalog['definitionOf']>,
  { query, position, recordedAt }: Parameters<Computing['computeReport']>[2],
) {
  const { EventDecoder } = await importBuilt<Decoders>('events/log/event-decoder.js');
  const { ReportCalendar } = await importBuilt<Calendars>('modules/reports/query/report-calendar.js');
  const decoder = new EventDecoder();
  const folding = definition.begin(query, new ReportCalendar(query, recordedAt));
  for (let after = 0; ;) {
    const page = await reader.events({
      after,
      upTo: position,
      limit: EVENTS_PER_PAGE,
      types: ['emotion.observed'],
    });
    for (const stored of page) {
      const event = decoder.decode(stored);
      if (event.type !== 'emotion.observed') continue;
      const { occurredAt, utcOffset, userId, data } = event;
      const fact = {
        type: event.type,
        position: event.position,
        recordedAt: event.recordedAt,
        occurredAt,
        utcOffset,
        emotion: data.emotion,
        micros: Math.round(data.intensity * MICROS),
        sessionId: data.sessionId,
        triggers: data.triggers,
      };
      folding.takeUser({ userId, registered: undefined, facts: [fact], forEach: (take) => take(fact) });
    }
    const last = page.at(-1);
    if (!last || page.length < EVENTS_PER_PAGE) break;
    after = last.position;
  }
  return folding.result();
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; cost: Cost }> {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { result, cost: { cpuMs: (user + system) / 1_000, ms: performance.now() - start } };
}

function importBuilt<T>(path: string): Promise<T> {
  return import(new URL(`../../dist/src/${path}`, import.meta.url).href) as Promise<T>;
}

process.once('message', (task) => {
  run((task as { folder: string }).folder).then(
    (report) => process.send!(report),
    (error: unknown) => process.send!({ error: String(error) }),
  );
});
process.once('disconnect', () => process.exit());
