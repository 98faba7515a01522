import {
  InvalidInput,
  NotFound,
  Refused,
  Conflict,
  TooLarge,
  UnsupportedMedia,
  FileRefused,
  KeyReused,
  Corrupt,
  DamagedDatabase,
  ForeignDatabase,
  PoisonEvent,
  Unexpected,
  Unavailable,
  DiskFailure,
  DatabaseLocked,
  StoreError,
  type ErrorDetails,
} from './errors.js';

/** What a task in another thread came to: its value, or its error as data, since a message keeps no classes. */
export type ThreadResult<T> = { value: T } | { error: ErrorData };

/** Runs the work; whatever it throws becomes data. */
export async function toResult<T>(work: () => T | Promise<T>): Promise<ThreadResult<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error: errorData(error) };
  }
}

/** The value of the other thread's work; throws its error. */
export function valueOf<T>(result: ThreadResult<T>): T {
  if ('error' in result) throw errorFrom(result.error);
  return result.value;
}

const CLASSES = [
  InvalidInput,
  NotFound,
  Refused,
  Conflict,
  TooLarge,
  UnsupportedMedia,
  FileRefused,
  KeyReused,
  Corrupt,
  DamagedDatabase,
  ForeignDatabase,
  PoisonEvent,
  Unexpected,
  Unavailable,
  DiskFailure,
  DatabaseLocked,
];

/** An error as data: a message between threads keeps no classes. */
export interface ErrorData extends ErrorDetails {
  name: string;
  code: string;
  message: string;
}

/** What another thread needs to know of an error. */
export function errorData(error: unknown): ErrorData {
  const known = error instanceof StoreError ? error : Unexpected.from(error);
  const { name, code, message, errors, extra, cause } = known;
  // Only a plain error is sure to be cloned, and the log wants no more than its stack.
  const plain =
    cause instanceof Error ? Object.assign(new Error(cause.message), { stack: cause.stack }) : undefined;
  return { name, code, message, cause: plain, ...(errors && { errors }), ...(extra && { extra }) };
}

/** The error that another thread reported. */
export function errorFrom({ name, code, message, ...details }: ErrorData): StoreError {
  const known = CLASSES.find((each) => each.name === name) ?? Unexpected;
  return Reflect.construct(known, [code, message, details]) as StoreError;
}
