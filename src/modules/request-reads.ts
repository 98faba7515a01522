import { AsyncLocalStorage } from 'node:async_hooks';
import type { RowReader } from '../database/row-store.js';
import { UserReads, type Reads, type StoreHead, type UserRows } from '../projections/reads/reads.js';
import type { MemoryQuestion } from '../projections/reads/search/memory-search.js';
import type { MemoryMatches } from '../projections/reads/search/search.js';
import type { PastReads } from '../store/past-reads.js';

/** What the request that is being answered reads. */
interface View {
  rows: UserRows;
  /** The position up to which its answer holds. */
  position: number;
  isPast: boolean;
}

/**
 * The reads of the request that is being answered: handlers ask them, and do not know whether they answer
 * about now or about the past. Outside of a request they are the present reads.
 */
export class RequestReads extends UserReads {
  private readonly views = new AsyncLocalStorage<View>();

  constructor(
    private readonly live: Reads,
    private readonly past: Pick<PastReads, 'at'>,
  ) {
    super();
  }

  override get: RowReader['get'] = (table, ...key) => this.rows.get(table, ...key);
  override getAll: RowReader['getAll'] = (table, keys) => this.rows.getAll(table, keys);
  override list: RowReader['list'] = (table, query) => this.rows.list(table, query);

  override searchMemories(question: MemoryQuestion): Promise<MemoryMatches> {
    return this.rows.searchMemories(question);
  }

  override async storeHead(): Promise<StoreHead> {
    const head = await this.live.storeHead();
    const view = this.views.getStore();
    if (!view || view.position === head.head) return head;
    const recordedAt = (await this.live.recordedAt(view.position)) ?? 0;
    return { ...head, head: view.position, recordedAt };
  }

  override get asOf(): number | undefined {
    const view = this.views.getStore();
    return view?.isPast ? view.position : undefined;
  }

  /** Answers with the present rows; the answer is to hold up to the position. */
  now<T>(position: number, work: () => Promise<T>): Promise<T> {
    return this.views.run({ rows: this.live, position, isPast: false }, work);
  }

  /** Answers with the rows of the user as they were at the position. */
  at<T>(userId: string, position: number, work: () => Promise<T>): Promise<T> {
    return this.views.run({ rows: this.past.at(userId, position), position, isPast: true }, work);
  }

  private get rows(): UserRows {
    return this.views.getStore()?.rows ?? this.live;
  }
}
