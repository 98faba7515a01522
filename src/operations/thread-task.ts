import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { valueOf, type ThreadResult } from '../thread-result.js';

/** What a task in a thread is given: its input, and the port that its progress goes to. */
export interface Task<Input> {
  input: Input;
  port: MessagePort;
}

/** How a task is run, and what is done with its progress. */
interface Run<Report extends number[]> {
  /** Of the exported function; the default one when left out. */
  name?: string;
  onReport?: ((...report: Report) => void) | undefined;
  /** Aborted, it ends the thread at once: whoever started the task cleans up what it had open. */
  signal?: AbortSignal | undefined;
}

/** Runs a task of the thread with the input; throws the task's error. */
export async function runTask<Result, Report extends number[]>(
  thread: Piscina,
  input: unknown,
  { name, onReport, signal }: Run<Report>,
): Promise<Result> {
  const { port1, port2 } = new MessageChannel();
  port1.on('message', (report: Report) => onReport?.(...report));
  try {
    const options = { transferList: [port2], ...(name && { name }), ...(signal && { signal }) };
    return valueOf((await thread.run({ input, port: port2 }, options)) as ThreadResult<Result>);
  } finally {
    port1.close();
  }
}

/** In the thread: hands each report of a task to the `onReport` of whoever runs it. */
export function reportTo(port: MessagePort): (...report: number[]) => void {
  return (...report) => port.postMessage(report);
}
