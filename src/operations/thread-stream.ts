import { once } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { unwrap, type ThreadResult } from '../thread-result.js';
import type { Task } from './thread-task.js';

/**
 * Runs the thread's task, which makes chunks of bytes, and yields each one. The thread makes the next chunk
 * when it is asked for, so that it is never ahead of a slow reader; it stops when the generator is returned.
 * Returns the task's result, or throws its error.
 */
export async function* streamFromThread<Result>(
  thread: Piscina,
  input: unknown,
): AsyncGenerator<Uint8Array, Result> {
  const { port1, port2 } = new MessageChannel();
  const task: Task<unknown> = { input, port: port2 };
  const ended = thread.run(task, { transferList: [port2] }) as Promise<ThreadResult<Result>>;
  // Where the stream is returned early, nobody waits for the end.
  ended.catch(() => undefined);
  try {
    for (;;) {
      const chunk = once(port1, 'message') as Promise<[Uint8Array]>;
      port1.postMessage('next');
      const next = await Promise.race([chunk, ended]);
      if (!Array.isArray(next)) return unwrap(next);
      yield next[0];
    }
  } finally {
    port1.close();
  }
}

/** For use in the thread: makes a chunk whenever the other side of the port asks for one. */
export async function sendOnDemand(
  port: MessagePort,
  chunks: AsyncGenerator<Uint8Array, unknown>,
): Promise<void> {
  const gone = new AbortController();
  port.once('close', () => gone.abort());
  try {
    for (;;) {
      await once(port, 'message', { signal: gone.signal });
      const next = await chunks.next();
      if (next.done === true) return;
      const { value } = next;
      port.postMessage(
        value,
        value.byteLength === value.buffer.byteLength ? [value.buffer as ArrayBuffer] : [],
      );
    }
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  } finally {
    await chunks.return(undefined);
    port.close();
  }
}
