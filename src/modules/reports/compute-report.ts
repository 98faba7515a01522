import { NOT_BEING_ERASED, type Filter } from '../../database/row-store.js';
import type { Key } from '../../database/table.js';
import { Patience } from '../../give-way.js';
import { FACT_TYPES } from '../../projections/facts.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import { factBlocksTable, type FactBlockRow } from '../../projections/user-activity.projection.js';
import { comparedQuery } from './query/compared-query.js';
import { ReportCalendar } from './query/report-calendar.js';
import type { ResolvedQuery } from './query/report-query.js';
import type { ReportDefinition, ReportResult, ReportRun } from './report.js';
import { RetractedFacts } from './retracted-facts.js';
import { FactsInBlocks, type UserFacts } from './user-facts.js';

/** Before the first position: nothing was taken back then. */
const NEVER = 0;
/** Blocks of a page: about half a megabyte. */
const BLOCKS_PER_PAGE = 500;

/** A report that is to be computed. */
export interface ReportQuestion {
  query: ResolvedQuery;
  /** Facts of later positions are not seen. */
  position: number;
  /** When the event at the position was recorded, ms since 1970 UTC. */
  recordedAt: number;
}

/** A report, and the same over the range to compare with. */
export interface ComputedReport extends ReportResult {
  comparison?: ReportResult & { query: ResolvedQuery };
}

/**
 * Computes a report from the blocks of facts. Pages are separate reads: facts are only added, at positions
 * that are not asked for. In memory are a page, one user's blocks and the result.
 */
export async function computeReport(
  reader: Pick<StoreReader, 'rows'>,
  definition: ReportDefinition,
  { query, position, recordedAt }: ReportQuestion,
): Promise<ComputedReport> {
  const begin = (asked: ResolvedQuery): QueryRun => {
    const calendar = new ReportCalendar(asked, recordedAt);
    return { calendar, run: definition.begin(asked, calendar) };
  };
  const compared = comparedQuery(query);
  const main = begin(query);
  const other = compared && begin(compared);
  const runs = other ? [main, other] : [main];
  for await (const user of usersOf(reader, { definition, users: query.users, upTo: position }))
    take(user, runs);
  const result = main.run.result();
  if (!compared || !other) return result;
  return { ...result, comparison: { query: compared, ...other.run.result() } };
}

interface QueryRun {
  calendar: ReportCalendar;
  run: ReportRun;
}

function take(user: UserFacts, runs: readonly QueryRun[]): void {
  for (const { calendar, run } of runs) if (calendar.hasJoined(user)) run.takeUser(user);
}

interface FactQuery {
  definition: ReportDefinition;
  users: readonly string[] | undefined;
  upTo: number;
}

/** Yields the users and their facts, in the order of user ids; users without facts up to the position too. */
async function* usersOf(
  reader: Pick<StoreReader, 'rows'>,
  { definition, users, upTo }: FactQuery,
): AsyncGenerator<UserFacts, void> {
  const types = new Set<string>(['user.registered', ...definition.facts]);
  const wanted = FACT_TYPES.map((type) => types.has(type));
  const retracted = new RetractedFacts(reader, definition.countsRetracted ? NEVER : upTo);
  let user: FactsInBlocks | undefined;
  for await (const page of pagesOf(reader, users)) {
    const left = await retracted.of(page);
    for (const block of page) {
      if (user?.userId !== block.userId) {
        if (user) yield user;
        user = new FactsInBlocks(block.userId, { upTo, wanted, without: left.get(block.userId) });
      }
      user.blocks.push(block);
    }
  }
  if (user) yield user;
}

async function* pagesOf(
  reader: Pick<StoreReader, 'rows'>,
  users: readonly string[] | undefined,
): AsyncGenerator<FactBlockRow[], void> {
  const filters: Filter[] = [NOT_BEING_ERASED, ...(users ? [['userId', 'in', users] as const] : [])];
  let after: Key[] | undefined;
  const patience = new Patience();
  for (;;) {
    const page = await reader.rows(factBlocksTable, {
      filters,
      order: ['userId', 'block'],
      limit: BLOCKS_PER_PAGE,
      ...(after && { after }),
    });
    const last = page.at(-1);
    if (!last) return;
    yield page;
    await patience.giveWay();
    after = [last.userId, last.block];
  }
}
