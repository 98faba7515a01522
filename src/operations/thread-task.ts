import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { unwrap, type ThreadResult } from '../thread-result.js';

/** What a task in a worker thread receives: its input, and the port for its progress. */
export interface Task<Input> {
  input: Input;
  port: MessagePort;
}

interface TaskRun<Report extends number[]> {
  /** Name of the exported function; the default export when omitted. */
  name?: string;
  onReport?: ((...report: Report) => void) | undefined;
  /** Aborting it terminates the thread at once. The caller then cleans up what the task had open. */
  signal?: AbortSignal | undefined;
}

/** Runs a task in the thread and returns its result. Throws the task's error. */
export async function runTask<Result, Report extends number[]>(
  thread: Piscina,
  input: unknown,
  { name, onReport, signal }: TaskRun<Report>,
): Promise<Result> {
  const { port1, port2 } = new MessageChannel();
  port1.on('message', (report: Report) => onReport?.(...report));
  try {
    const options = { transferList: [port2], ...(name && { name }), ...(signal && { signal }) };
    return unwrap((await thread.run({ input, port: port2 }, options)) as ThreadResult<Result>);
  } finally {
    port1.close();
  }
}

/** For use in the thread: returns a function that passes progress on to the caller's `onReport`. */
export function reportTo(port: MessagePort): (...report: number[]) => void {
  return (...report) => port.postMessage(report);
}
