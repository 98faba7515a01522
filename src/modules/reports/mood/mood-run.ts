import { InvalidInput } from '../../../errors.js';
import type { ReportCalendar } from '../query/report-calendar.js';
import type { ResolvedQuery } from '../query/report-query.js';
import type { Item, ReportResult, ReportRun } from '../report.js';
import { AcuteChanges } from '../statistics/acute-changes.js';
import { Moments } from '../statistics/moments.js';
import { BucketTable, type Cell } from '../sums/bucket-table.js';
import { movingAverages } from '../sums/moving-averages.js';
import { topGroups } from '../sums/top-groups.js';
import type { UserFacts } from '../user-facts.js';
import { groupTrends } from './group-trends.js';
import { MoodCell } from './mood-cell.js';
import { MoodOverview } from './mood-overview.js';
import { groupNames, moodQuery } from './mood-query.js';
import type { UserCenter } from './mood-values.js';
import { ObservationReader, seriesOf, type Observation } from './observations.js';

/** Mood by bucket and group. */
export class MoodRun implements ReportRun {
  private readonly reader: ObservationReader;
  private readonly table: BucketTable<MoodCell>;
  private readonly overview: MoodOverview;
  private readonly isCentered: boolean;
  private readonly acute: AcuteChanges<MoodCell> | undefined;

  constructor(
    private readonly query: ResolvedQuery,
    private readonly calendar: ReportCalendar,
  ) {
    this.isCentered = moodQuery(query).center === 'user';
    this.reader = new ObservationReader(query, calendar);
    this.table = new BucketTable(query, calendar, () => new MoodCell(this.isCentered));
    this.overview = new MoodOverview(query, calendar);
    if (query.measures.includes('pac')) this.acute = new AcuteChanges();
  }

  takeUser({ userId, facts }: UserFacts): void {
    const observations = this.reader.read(facts);
    const center = this.isCentered ? centerOf(observations) : undefined;
    const cells = new Map<MoodCell, Map<string | number, number[]>>();
    for (const observation of observations) {
      const bucket = this.calendar.bucketOf(observation.fact);
      for (const groups of this.reader.groupsOf(observation, userId)) {
        const cell = this.table.at(bucket, groups);
        if (observation.value === undefined) cell.unmapped += 1;
        else append(seriesIn(cells, cell), seriesOf(observation), observation.value);
      }
    }
    for (const [cell, series] of cells) {
      cell.addUser([...series.values()], center);
      if (this.acute) addChanges(this.acute, cell, series.values());
    }
    this.overview.takeUser(observations, center);
  }

  result(): ReportResult {
    const { minCount = 0, measures, top, window } = this.query;
    const names = groupNames(this.query);
    const all = this.table.cells();
    const averages = window !== undefined && this.averages(all, window);
    const isTop = topGroups(all, top, ({ values }) => values.n);
    const cells = all.filter(({ group }) => isTop(group));
    const acute = this.acute?.shares();
    const items = cells.flatMap((cell): Item[] => {
      const { bucket, group, sum } = cell;
      const measured = { ...sum.measures(), pac: acute?.get(sum) ?? null };
      if (measured.n < minCount) return [];
      const shown = this.calendar.shown(bucket);
      const groups = names.map((name, i) => [name, group[i]]);
      const chosen = measures.map((name) => [name, measured[name as keyof typeof measured]]);
      const reasons = sum.reasons(measures);
      const average = averages && { movingAverage: averages.get(cell) ?? null };
      return [{ ...shown, ...Object.fromEntries([...groups, ...chosen]), ...average, reasons }];
    });
    return { items, summary: { ...this.overview.summary(), ...groupTrends(cells, names) } };
  }

  private averages(cells: readonly Cell<MoodCell>[], window: number): Map<Cell<MoodCell>, number | null> {
    return movingAverages(cells, { buckets: this.table.buckets(), window, meanOf });
  }
}

function meanOf(cells: readonly MoodCell[]): number | null {
  return Moments.meanOf(cells.map(({ values }) => values.moments));
}

/** Changes that are kept at once for their percentile. */
const MAX_CHANGES = 2_000_000;

function addChanges(
  acute: AcuteChanges<MoodCell>,
  cell: MoodCell,
  series: Iterable<readonly number[]>,
): void {
  for (const values of series) {
    for (const [i, value] of values.entries()) {
      if (i > 0) acute.add(cell, Math.abs(value - values[i - 1]!));
    }
  }
  if (acute.n <= MAX_CHANGES) return;
  throw InvalidInput.field(
    'measures',
    `pac is of at most ${MAX_CHANGES} pairs; ask for a shorter range or fewer users`,
  );
}

function centerOf(observations: readonly Observation[]): UserCenter {
  const center = { sum: 0, n: 0 };
  for (const { value } of observations) {
    if (value === undefined) continue;
    center.sum += value;
    center.n += 1;
  }
  return center;
}

function seriesIn<K>(cells: Map<K, Map<string | number, number[]>>, cell: K): Map<string | number, number[]> {
  let series = cells.get(cell);
  if (!series) cells.set(cell, (series = new Map()));
  return series;
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
