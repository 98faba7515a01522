import type { MessagePort } from 'node:worker_threads';
import type { ErrorData } from '../errors.js';

/** What a task in a thread is given: its input, and where to say how far it is, as `[done, total]`. */
export interface Task<Input> {
  input: Input;
  port: MessagePort;
}

/** What it answers: a value, or a foreseen error as data. */
export type Answered<T> = { value: T } | { error: ErrorData };
