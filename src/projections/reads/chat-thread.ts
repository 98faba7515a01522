import type { Piscina } from 'piscina';
import type { RowQuery } from '../../database/row-store.js';
import { Unavailable } from '../../errors.js';
import { unwrap, type ThreadResult } from '../../thread-result.js';
import type { MemoryQuestion } from './search/memory-search.js';

/** A read that a chat waits for. */
export type ChatRead =
  | { name: 'list'; table: string; query: RowQuery }
  | { name: 'search'; question: MemoryQuestion };

/** Reads that may wait for the thread; further ones are refused with 503. */
const MAX_WAITING_READS = 1_000;
/** Reads of one message: they are answered together. */
const READS_PER_MESSAGE = 16;

interface Waiting {
  read: ChatRead;
  answer: (result: ThreadResult<unknown>) => void;
  fail: (error: unknown) => void;
}

/**
 * The reads that chats wait for, in a thread. Those of one turn of the event loop go there in one message: to
 * cross between threads takes longer than most of them.
 */
export class ChatThread {
  private waiting: Waiting[] = [];
  private unanswered = 0;

  constructor(private readonly thread: Pick<Piscina, 'run' | 'close'>) {}

  /** Throws Unavailable if too many wait, and what the read throws. */
  async read<T>(read: ChatRead): Promise<T> {
    if (this.unanswered >= MAX_WAITING_READS) throw Unavailable.busy(this.unanswered);
    this.unanswered++;
    try {
      const result = await new Promise<ThreadResult<unknown>>((answer, fail) => {
        if (this.waiting.length === 0) setImmediate(() => this.send());
        this.waiting.push({ read, answer, fail });
      });
      return unwrap(result) as T;
    } finally {
      this.unanswered--;
    }
  }

  async close(): Promise<void> {
    this.send();
    await this.thread.close();
  }

  private send(): void {
    const { waiting } = this;
    this.waiting = [];
    for (let i = 0; i < waiting.length; i += READS_PER_MESSAGE)
      void this.ask(waiting.slice(i, i + READS_PER_MESSAGE));
  }

  private async ask(waiting: readonly Waiting[]): Promise<void> {
    try {
      const reads = waiting.map(({ read }) => read);
      const results = (await this.thread.run(reads, { name: 'answer' })) as ThreadResult<unknown>[];
      for (const [i, { answer }] of waiting.entries()) answer(results[i] as ThreadResult<unknown>);
    } catch (error) {
      for (const { fail } of waiting) fail(error);
    }
  }
}
