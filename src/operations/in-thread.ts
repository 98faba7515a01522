import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { errorFrom } from '../errors.js';
import type { Watched } from './job-context.js';
import type * as Tasks from './operations.worker.js';
import type { Answered } from './thread-messages.js';

type TaskName = keyof typeof Tasks;
type InputOf<N extends TaskName> = Parameters<(typeof Tasks)[N]>[0]['input'];
type ResultOf<N extends TaskName> =
  Awaited<ReturnType<(typeof Tasks)[N]>> extends Answered<infer T> ? T : never;

/** A thread that runs one task of `operations.worker.ts` after another. */
export class OperationsThread {
  private readonly thread = new Piscina({
    filename: new URL('./operations.worker.js', import.meta.url).href,
    minThreads: 1,
    maxThreads: 1,
  });

  /** An aborted signal ends the thread at once: what the task had open is cleaned up by whoever started it. */
  async run<N extends TaskName>(
    name: N,
    input: InputOf<N>,
    { progress, signal }: Watched = {},
  ): Promise<ResultOf<N>> {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', ([done, total]: [number, number]) => progress?.(done, total));
    try {
      const task = { input, port: port2 };
      const answer = (await this.thread.run(task, {
        name,
        transferList: [port2],
        ...(signal && { signal }),
      })) as Answered<ResultOf<N>>;
      if ('error' in answer) throw errorFrom(answer.error);
      return answer.value;
    } finally {
      port1.close();
    }
  }

  close(): Promise<void> {
    return this.thread.destroy();
  }
}

/**
 * Runs a task of `operations.worker.ts` in a thread of its own, so that it never holds up whoever is being served; see
 * OperationsThread.
 */
export async function inThread<N extends TaskName>(
  name: N,
  input: InputOf<N>,
  watched: Watched = {},
): Promise<ResultOf<N>> {
  const thread = new OperationsThread();
  try {
    return await thread.run(name, input, watched);
  } finally {
    await thread.close();
  }
}
