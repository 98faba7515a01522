import { Refused } from '../../errors.js';

// Why a store refuses an import, each sentence once; lines/file-errors.ts has the errors of the file itself.

/** The store has events that are not the beginning of the file. */
export function storeNotEmpty(events: number, what: string): Refused {
  return new Refused(
    'import.store-not-empty',
    `The store has ${events} events that are not the beginning of this file: ${what}. Import into an empty store, or put the file's events behind those with --append.`,
  );
}

/** The file does not begin where the store's log ends. */
export function appendOnly(what: string): Refused {
  return new Refused(
    'import.append-only',
    `${what}; such a file can only be added to a store, with --append.`,
  );
}

/** The store has other events of a user of the file. */
export function userExists(userId: string, what: string): Refused {
  return new Refused(
    'import.user-exists',
    `User ${userId} has events in the store already, and not those of the file: ${what}. Nothing was written.`,
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
    `Another process wrote to the store during the import: ${what}. Stop every service on it and import again, which goes on from here.`,
  );
}
