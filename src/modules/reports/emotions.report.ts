import { InvalidInput } from '../../errors.js';
import type { Column } from '../../formats/column.js';
import type { EmotionFact } from '../../projections/facts.js';
import type { CalendarBucket, ReportCalendar } from './query/report-calendar.js';
import type { ResolvedQuery } from './query/report-query.js';
import { BUCKET_COLUMNS, type Item, type ReportDefinition, type ReportRun } from './report.js';
import { BucketTable, type Cell, type GroupValue } from './sums/bucket-table.js';
import { EMOTION_GROUPS, groupColumns } from './sums/groups.js';
import { IntensitySum } from './sums/intensity-sum.js';
import { movingAverages, WINDOW } from './sums/moving-averages.js';
import { TOP, topGroups } from './sums/top-groups.js';
import { TriggerCounts } from './sums/trigger-counts.js';
import type { UserFacts } from './user-facts.js';

/** Least observations of an emotion with a trigger, unless the query says otherwise. */
const MIN_PAIRS = 5;

const MEASURES: ReportDefinition['measures'] = [
  {
    name: 'count',
    type: 'integer',
    nullable: false,
    formula: 'n: emotion.observed events of the bucket and the group. The emotion of a turn is one of them.',
  },
  {
    name: 'meanIntensity',
    type: 'real',
    nullable: true,
    formula: 'sum of intensities / n. Intensities are summed in whole millionths and divided once.',
  },
  {
    name: 'variance',
    type: 'real',
    nullable: true,
    formula: 'Population variance: (n * sum of squares - (sum)^2) / n^2, in whole millionths.',
  },
  {
    name: 'share',
    type: 'real',
    nullable: true,
    formula:
      'n / all observations of the bucket by the chosen users, whatever their emotions and triggers. With ' +
      'groupBy=trigger an observation counts for each of its triggers.',
  },
  {
    name: 'lift',
    type: 'real',
    nullable: true,
    onRequest: true,
    formula: 'P(e,t) / (P(e) P(t)) of emotion e and trigger t among the observations of the bucket.',
  },
  {
    name: 'npmi',
    type: 'real',
    nullable: true,
    onRequest: true,
    formula:
      'ln(lift) / -ln P(e,t), -1..1; null where every observation is of the pair. Bouma 2009, normalized ' +
      'pointwise mutual information in collocation extraction.',
  },
];

/** How often and how strongly emotions are observed. */
export const emotionsReport: ReportDefinition = {
  name: 'emotions',
  version: 1,
  description: 'How often and how strongly emotions are observed, over time and by group.',
  parameters: [
    'from',
    'to',
    'clock',
    'timeZone',
    'weekStart',
    'bucket',
    'groupBy',
    'measures',
    'users',
    'emotions',
    'triggers',
    'joinedFrom',
    'joinedTo',
    'fill',
    'window',
    'compare',
    'minCount',
    'top',
  ],
  groups: EMOTION_GROUPS,
  measures: MEASURES,
  formulas: {
    movingAverage: `With window: sum of intensities / n over ${WINDOW}`,
    minCount: 'Items of fewer observations are left out, after everything was computed. 5 with lift or npmi.',
    top: TOP,
  },
  facts: ['emotion.observed'],
  resolve: resolveEmotions,
  columns: columnsOf,
  begin: (query, calendar) => new EmotionsRun(query, calendar),
};

function resolveEmotions(query: ResolvedQuery): ResolvedQuery {
  if (!measuresPairs(query)) return query;
  if (!query.groupBy.includes('trigger'))
    throw InvalidInput.field('measures', 'lift and npmi are of triggers: they need groupBy=trigger');
  const groupBy = EMOTION_GROUPS.filter((name) => name === 'emotion' || query.groupBy.includes(name));
  return { ...query, groupBy, minCount: query.minCount ?? MIN_PAIRS };
}

function meanOf(sums: readonly IntensitySum[]): number | null {
  const pooled = new IntensitySum();
  for (const sum of sums) pooled.addAll(sum);
  return pooled.mean;
}

function measuresPairs({ measures }: ResolvedQuery): boolean {
  return measures.includes('lift') || measures.includes('npmi');
}

function columnsOf({ groupBy, measures, window }: ResolvedQuery): Column[] {
  const average: Column[] =
    window === undefined ? [] : [{ name: 'movingAverage', type: 'real', nullable: true }];
  return [
    ...BUCKET_COLUMNS,
    ...groupColumns(groupBy),
    ...MEASURES.filter(({ name }) => measures.includes(name)),
    ...average,
  ];
}

const NO_GROUP: readonly GroupValue[] = [];

class EmotionsRun implements ReportRun {
  private readonly table: BucketTable<IntensitySum>;
  /** All observations of each bucket; undefined where they are the sums of its groups. */
  private readonly totals: BucketTable<{ count: number }> | undefined;
  private readonly pairs: TriggerCounts | undefined;
  private readonly columns: ReturnType<typeof groupColumns>;
  /** The column, if there is one only. */
  private readonly only: ReturnType<typeof groupColumns>[number] | undefined;
  private readonly emotions: ReadonlySet<string> | undefined;
  private readonly triggers: ReadonlySet<string> | undefined;
  private readonly byTrigger: boolean;

  constructor(
    private readonly query: ResolvedQuery,
    private readonly calendar: ReportCalendar,
  ) {
    this.table = new BucketTable(query, calendar, () => new IntensitySum());
    this.columns = groupColumns(query.groupBy);
    this.only = this.columns.length === 1 ? this.columns[0] : undefined;
    this.byTrigger = query.groupBy.includes('trigger');
    this.emotions = query.emotions && new Set(query.emotions);
    this.triggers = query.triggers && new Set(query.triggers);
    if (this.byTrigger || this.emotions || this.triggers)
      this.totals = new BucketTable(query, calendar, () => ({ count: 0 }));
    if (measuresPairs(query))
      this.pairs = new TriggerCounts(
        query,
        calendar,
        this.columns.map(({ name }) => name),
      );
  }

  takeUser(user: UserFacts): void {
    const { userId } = user;
    user.forEach((fact) => {
      if (fact.type === 'emotion.observed' && this.calendar.isIn(fact)) this.take(fact, userId);
    });
  }

  private take(fact: EmotionFact, userId: string): void {
    const bucket = this.calendar.bucketOf(fact);
    if (this.totals) this.totals.at(bucket, NO_GROUP).count += 1;
    if (this.pairs) {
      this.pairs.addObservation(bucket, this.groupOf(fact, userId, null));
      for (const trigger of fact.triggers) this.pairs.addTrigger(bucket, this.groupOf(fact, userId, trigger));
    }
    if (!this.isChosen(fact)) return;
    if (!this.byTrigger) {
      this.sumOf(bucket, fact, userId).add(fact.micros);
      return;
    }
    for (const trigger of fact.triggers) {
      if (this.triggers?.has(trigger) === false) continue;
      this.table.at(bucket, this.groupOf(fact, userId, trigger)).add(fact.micros);
    }
  }

  private sumOf(bucket: CalendarBucket, fact: EmotionFact, userId: string): IntensitySum {
    const { only, calendar } = this;
    // Asked for every observation: a group of one column needs no list.
    return only
      ? this.table.atValue(bucket, only.valueOf(fact, calendar, userId, null))
      : this.table.at(bucket, this.groupOf(fact, userId, null));
  }

  private isChosen(fact: EmotionFact): boolean {
    const { emotions, triggers } = this;
    if (emotions?.has(fact.emotion) === false) return false;
    return !triggers || fact.triggers.some((trigger) => triggers.has(trigger));
  }

  private groupOf(fact: EmotionFact, userId: string, trigger: string | null): GroupValue[] {
    const group: GroupValue[] = [];
    for (const column of this.columns) group.push(column.valueOf(fact, this.calendar, userId, trigger));
    return group;
  }

  result(): { items: Item[] } {
    const { window, minCount = 0, top } = this.query;
    const cells = this.table.cells();
    const averages =
      window !== undefined && movingAverages(cells, { buckets: this.table.buckets(), window, meanOf });
    const kept = topGroups(cells, top, ({ count }) => count);
    const totalOf = this.totalsBy(cells);
    const items = cells
      .filter((cell) => cell.sum.count >= minCount && kept(cell.group))
      .map((cell) => ({
        ...this.itemOf(cell, totalOf(cell.bucket)),
        ...(averages && { movingAverage: averages.get(cell) ?? null }),
      }));
    return { items };
  }

  /** The number of all observations of a bucket. */
  private totalsBy(cells: readonly Cell<IntensitySum>[]): (bucket: CalendarBucket) => number {
    const { totals } = this;
    if (totals) return (bucket) => totals.at(bucket, NO_GROUP).count;
    const sums = new Map<CalendarBucket, number>();
    for (const { bucket, sum } of cells) sums.set(bucket, (sums.get(bucket) ?? 0) + sum.count);
    return (bucket) => sums.get(bucket) ?? 0;
  }

  private itemOf({ bucket, group, sum }: Cell<IntensitySum>, total: number): Item {
    const item: Item = { ...this.calendar.shown(bucket) };
    for (const [i, { name }] of this.columns.entries()) item[name] = group[i];
    const pair = this.pairs?.measure({ bucket, group, sum });
    return {
      ...item,
      count: sum.count,
      meanIntensity: sum.mean,
      variance: sum.variance,
      share: total === 0 ? null : sum.count / total,
      ...pair,
    };
  }
}
