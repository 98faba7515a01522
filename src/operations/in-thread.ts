import { Piscina } from 'piscina';
import type { ThreadResult } from '../thread-result.js';
import type { JobContext } from './job-context.js';
import type * as Tasks from './operations.worker.js';
import { runTask } from './thread-task.js';

type TaskName = keyof typeof Tasks;
type InputOf<N extends TaskName> = Parameters<(typeof Tasks)[N]>[0]['input'];
type ResultOf<N extends TaskName> =
  Awaited<ReturnType<(typeof Tasks)[N]>> extends ThreadResult<infer T> ? T : never;

/** A worker thread that runs tasks of `operations.worker.ts`, one at a time. */
export class OperationsThread {
  private readonly thread = new Piscina({
    filename: new URL('./operations.worker.js', import.meta.url).href,
    minThreads: 1,
    maxThreads: 1,
  });

  /** Aborting the signal terminates the thread at once. */
  run<N extends TaskName>(
    name: N,
    input: InputOf<N>,
    { progress, signal }: JobContext = {},
  ): Promise<ResultOf<N>> {
    return runTask(this.thread, input, { name, onReport: progress, signal });
  }

  close(): Promise<void> {
    return this.thread.destroy();
  }
}

/** Runs a task of `operations.worker.ts` in its own thread, so that the main thread is never blocked. */
export async function inThread<N extends TaskName>(
  name: N,
  input: InputOf<N>,
  context: JobContext = {},
): Promise<ResultOf<N>> {
  const thread = new OperationsThread();
  try {
    return await thread.run(name, input, context);
  } finally {
    await thread.close();
  }
}
