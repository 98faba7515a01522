import { Refused } from '../../errors.js';

// Why a store refuses an import, each sentence once; lines/file-errors.ts has the errors of the file itself.

/** The store has events that are not the beginning of the file. */
export function storeNotEmpty(events: number, what: string): Refused {
  return new Refused(
    'import.store-not-empty',
    `The store has ${events} events, and this file does not continue them: ${what}. Import into an empty store, or append the file's events with --append.`,
  );
}

/** The file does not begin where the store's log ends. */
export function appendOnly(what: string): Refused {
  return new Refused(
    'import.append-only',
    `${what}; such a file can only be appended to a store, with --append.`,
  );
}

/** The store has other events of a user of the file. */
export function userExists(userId: string, what: string): Refused {
  return new Refused(
    'import.user-exists',
    `User ${userId} already has events in the store that differ from those of the file: ${what}. Nothing was written.`,
  );
}

/** The store has a receipt of another command under a key of the file. */
export function keyTaken(key: string): Refused {
  return new Refused(
    'import.key-taken',
    `The idempotency key "${key}" belongs to another command in the store. Nothing was written.`,
  );
}

/** Another process wrote to the store while the file was imported. */
export function storeChanged(what: string): Refused {
  return new Refused(
    'import.store-changed',
    `Another process wrote to the store during the import: ${what}. Stop every service on the store and import again; the import continues where it stopped.`,
  );
}
