import type { Column } from '../../formats/column.js';
import type { Fact } from '../../projections/facts.js';
import type { ReportCalendar } from './query/report-calendar.js';
import type { ResolvedQuery } from './query/report-query.js';
import type { ReportDefinition, ReportResult, ReportRun } from './report.js';
import type { GroupValue } from './sums/bucket-table.js';
import { Counts, countColumns, countOf } from './sums/counts.js';
import type { UserFacts } from './user-facts.js';

const MEASURES = [
  countOf('formed', 'memory.formed events'),
  countOf('revised', 'memory.revised events'),
  countOf('forgotten', 'memory.forgotten events'),
  countOf('recalled', 'memories in memory.recalled events: one for each memory that a reply used'),
  countOf('neverRecalled', 'memories formed in the bucket that no reply used up to asOf'),
];
type MemoryCount = 'formed' | 'revised' | 'forgotten' | 'recalled' | 'neverRecalled';

const GROUPS: Record<string, Column> = {
  type: { name: 'type', type: 'text', nullable: true },
  user: { name: 'userId', type: 'text', nullable: false },
};

/** What becomes of memories. */
export const memoriesReport: ReportDefinition = {
  name: 'memories',
  version: 1,
  description: 'What becomes of memories: formed, revised, forgotten, recalled or never recalled.',
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
    'joinedFrom',
    'joinedTo',
    'fill',
    'compare',
  ],
  groups: Object.keys(GROUPS),
  measures: MEASURES,
  formulas: {
    type: 'The type that the memory had after the event; neverRecalled counts by the type as it was formed.',
  },
  facts: [
    'memory.formed',
    'memory.revised',
    'memory.forgotten',
    'memory.recalled',
    'memory.recalls-imported',
  ],
  columns: (query) => countColumns(columnsOf(query), MEASURES, query),
  begin: (query, calendar) => new MemoriesRun(query, calendar),
};

function columnsOf({ groupBy }: ResolvedQuery): Column[] {
  return groupBy.map((name) => GROUPS[name] as Column);
}

/** A memory of the user whose facts are being read. */
interface Memory {
  type: string;
  wasRecalled: boolean;
  countAsNeverRecalled: () => void;
}

class MemoriesRun implements ReportRun {
  private readonly counts: Counts<MemoryCount>;

  constructor(
    private readonly query: ResolvedQuery,
    private readonly calendar: ReportCalendar,
  ) {
    const counts = MEASURES.map(({ name }) => name as MemoryCount);
    this.counts = new Counts(query, calendar, { groups: columnsOf(query), counts });
  }

  takeUser({ userId, facts }: UserFacts): void {
    const memories = new Map<string, Memory>();
    for (const fact of facts) this.take(fact, userId, memories);
    for (const memory of memories.values()) if (!memory.wasRecalled) memory.countAsNeverRecalled();
  }

  result(): ReportResult {
    return { items: this.counts.items() };
  }

  private take(fact: Fact, userId: string, memories: Map<string, Memory>): void {
    if (fact.type === 'memory.formed') {
      const of = { userId, type: fact.memoryType };
      this.add('formed', fact, of);
      const countAsNeverRecalled = () => this.add('neverRecalled', fact, of);
      memories.set(fact.memoryId, { type: fact.memoryType, wasRecalled: false, countAsNeverRecalled });
    } else if (fact.type === 'memory.recalled') {
      for (const memoryId of fact.memoryIds) {
        const memory = memories.get(memoryId);
        markRecalled(memory);
        this.add('recalled', fact, { userId, type: typeOf(memory) });
      }
    } else if (fact.type === 'memory.recalls-imported') {
      // When each of them was is not known, so no bucket counts them.
      markRecalled(memories.get(fact.memoryId));
    } else if (fact.type === 'memory.revised' || fact.type === 'memory.forgotten') {
      const memory = memories.get(fact.memoryId);
      const isRevised = fact.type === 'memory.revised';
      if (isRevised && memory) memory.type = fact.memoryType ?? memory.type;
      this.add(isRevised ? 'revised' : 'forgotten', fact, { userId, type: typeOf(memory) });
    }
  }

  private add(count: MemoryCount, fact: Fact, of: { userId: string; type: string | null }): void {
    if (!this.calendar.isIn(fact)) return;
    const values: Record<string, GroupValue> = { type: of.type, user: of.userId };
    const group = this.query.groupBy.map((name) => values[name] ?? null);
    this.counts.at(this.calendar.bucketOf(fact), group)[count] += 1;
  }
}

function markRecalled(memory: Memory | undefined): void {
  if (memory) memory.wasRecalled = true;
}

/** Null for a memory whose event was skipped. */
function typeOf(memory: Memory | undefined): string | null {
  return memory?.type ?? null;
}
