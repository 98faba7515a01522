import * as taxonomy from './errors.js';
import { StoreError, Unexpected, type ErrorDetails } from './errors.js';
import { QuotaReached } from './writer/quotas/quota-reached.js';

/** The result of a task in another thread: its value, or its error as data. */
export type ThreadResult<T> = { value: T } | { error: ErrorData };

/** Runs the work and returns its value, or what it threw as data. */
export async function toResult<T>(work: () => T | Promise<T>): Promise<ThreadResult<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error: errorData(error) };
  }
}

/** Returns the value of the other thread's work, or throws its error. */
export function unwrap<T>(result: ThreadResult<T>): T {
  if ('error' in result) throw errorFrom(result.error);
  return result.value;
}

/** What crosses threads as itself: every class of errors.ts, and what the writer's thread refuses beside them. */
const ERROR_CLASSES = [...Object.values(taxonomy), QuotaReached].filter(
  (each): each is typeof Unexpected => each.prototype instanceof StoreError,
);

/** An error as data: structured cloning between threads loses an error's class. */
export interface ErrorData extends ErrorDetails {
  name: string;
  code: string;
  message: string;
}

/** Turns an error into data for another thread; an error that is no StoreError becomes Unexpected. */
export function errorData(error: unknown): ErrorData {
  const known = error instanceof StoreError ? error : Unexpected.from(error);
  const { name, code, message, errors, extra, cause } = known;
  // Only a plain Error can always be cloned, and the log needs only its stack.
  const plain =
    cause instanceof Error ? Object.assign(new Error(cause.message), { stack: cause.stack }) : undefined;
  return { name, code, message, cause: plain, ...(errors && { errors }), ...(extra && { extra }) };
}

/** Rebuilds the error that another thread reported, with its class; an unknown class becomes Unexpected. */
export function errorFrom({ name, code, message, ...details }: ErrorData): StoreError {
  const known = ERROR_CLASSES.find((each) => each.name === name) ?? Unexpected;
  return Reflect.construct(known, [code, message, details]) as StoreError;
}
