import { Piscina } from 'piscina';
import { Unavailable } from '../../../errors.js';
import { unwrap, type ThreadResult } from '../../../thread-result.js';
import type { Meaning, QuestionEmbedding } from './meaning.js';

/** Questions that may wait for the thread; further ones are refused with 503. */
const MAX_WAITING = 1_000;

/** Compares a question with the memories of a user. */
export type CompareMeaning = (userId: string, embedding: QuestionEmbedding) => Promise<Meaning>;

/** Compares vectors in a thread that starts with the first question, so that the main thread never does. */
export class PostgresqlMeaningThread {
  private readonly thread: Piscina;

  constructor(url: string) {
    this.thread = new Piscina({
      filename: new URL('./postgresql-meaning.worker.js', import.meta.url).href,
      workerData: { url },
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: 30_000,
      maxQueue: MAX_WAITING,
    });
  }

  compare: CompareMeaning = async (userId, embedding) => {
    if (this.thread.queueSize >= MAX_WAITING) throw Unavailable.busy(this.thread.queueSize);
    const result = await this.thread.run({ userId, embedding }, { name: 'compare' });
    return unwrap(result as ThreadResult<Meaning>);
  };

  close(): Promise<void> {
    return this.thread.close();
  }
}
