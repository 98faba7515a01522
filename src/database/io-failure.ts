import { DiskFailure } from '../errors.js';
import { whyOf } from '../why.js';

/** An input/output error, which may pass: it says nothing about what is on the disk until that was read. */
export function ioFailure(cause: unknown): DiskFailure {
  const help =
    'Nothing was written; a retry may succeed. Check the disk and the system log, and if it happens again, verify the store.';
  return new DiskFailure(
    'database.io-error',
    `The disk reported an input/output error: ${whyOf(cause)}. ${help}`,
    { cause },
  );
}
