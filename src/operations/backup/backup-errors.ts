import { Corrupt, NotFound, Refused, Unavailable } from '../../errors.js';
import { whyOf } from '../../why.js';

// Errors of backups, drills and restores, each sentence once.

export function noSuchBackup(id: string, folder: string): NotFound {
  return new NotFound('backup.not-found', `No backup ${id} in ${folder}.`);
}

const DOING = {
  backup: 'writing a backup into',
  drill: 'running a restore drill in',
  rewriting: 'taking erased persons out of the backups in',
};

/** Another process does that work in the folder, and holds the lock for it. */
export function folderLocked(folder: string, job: keyof typeof DOING): Refused {
  return new Refused(
    `${job}.running`,
    `Another process is ${DOING[job]} ${folder}; wait for it, or stop it.`,
  );
}

/** The file is intact, but is not a backup of a store, or not the one that its manifest describes. */
export function foreignBackup(file: string, what: string): Refused {
  return new Refused('backup.foreign', `${file} is refused: ${what}.`);
}

/** The file cannot be read without a secret key. */
export function encryptedBackup(file: string, recipients: readonly string[], why?: string): Refused {
  const to = recipients.length > 0 ? ` to ${recipients.join(', ')}` : '';
  const message = `${file} is encrypted${to}${why === undefined ? '' : `, and ${why}`}: give --identity-file with the secret key of a recipient.`;
  return new Refused('backup.encrypted', message);
}

/** A file of a backup is missing, cut off or changed. */
export function damagedBackup(file: string, what: string, cause?: unknown): Corrupt {
  return new Corrupt('backup.damaged', `${file} is damaged: ${what}.`, { cause });
}

/** The newest backup is unreadable; restoring an older one would silently lose what only it contains. */
export function damagedNewestBackup({ name, why }: { name: string; why: string }, older?: string): Corrupt {
  const instead =
    older === undefined
      ? 'Repair this backup; there is no other.'
      : `Repair or remove this backup, or restore --from ${older}.`;
  return new Corrupt('backup.damaged', `The newest backup, ${name}, is broken. ${why} ${instead}`);
}

/** The folder, or a file in it, cannot be read at the moment. */
export function unreadableBackup(path: string, cause: unknown): Unavailable {
  return new Unavailable('backup.unreadable', `${path} cannot be read: ${whyOf(cause)}.`, { cause });
}

/** The folder cannot be written: it is full, read-only or not a folder. */
export function unwritableBackups(folder: string, why: string, cause: unknown): Unavailable {
  return new Unavailable(
    'backup.unwritable',
    `${folder} cannot be written: ${why}. Earlier backups are untouched.`,
    { cause },
  );
}

export function unreachableState(what: string): Refused {
  return new Refused('restore.unreachable', what);
}

/** A restore on PostgreSQL needs an empty database. */
export function databaseNotEmpty(database: string): Refused {
  return new Refused(
    'restore.not-empty',
    `${database} is not empty. A backup is restored into an empty database: create one, and give the services its address afterwards.`,
  );
}

/** The backup is from a different store than the one that it would replace. */
export function otherStore(file: string, folder: string): Refused {
  return new Refused(
    'restore.other-store',
    `${file} is a backup of a different store than the one in ${folder}: their logs begin differently. Nothing was changed. ` +
      'Check --backup-dir. To replace the store anyway, name the backup with --from.',
  );
}

/** Nothing in the folder is of the store that is to be restored. */
export function onlyOtherStores(folder: string, storeId: string | undefined): Refused {
  return new Refused(
    'restore.other-store',
    `${folder} has no backup of store ${storeId}, only of others. Check --backup-dir. To restore another store in its ` +
      'place, name the backup with --from.',
  );
}

/** The newest backup of all could be of the wrong store. */
export function severalStores(folder: string, stores: readonly string[]): Refused {
  return new Refused(
    'restore.other-store',
    `${folder} has backups of ${stores.length} stores (${stores.join(', ')}): name the backup with --from; ` +
      '"npm run edgesoul -- backups" lists them.',
  );
}

/** The backups know of erasures that the ledger beside them does not have. */
export function ledgerMissing(ledger: string, entries: number): Refused {
  const persons = entries === 1 ? '1 erasure' : `${entries} erasures`;
  return new Refused(
    'restore.ledger-missing',
    `The backups know of ${persons}, but ${ledger}, which says who was erased, is missing or ends before that. Put it ` +
      'back, or make a backup of the present store, which writes it again. To restore all the same, and bring back ' +
      'who was erased since the backup, say --without-ledger.',
  );
}

/** The restored store differs from what was backed up. Nothing was swapped. */
export function unverifiedRestore(what: string): Corrupt {
  return new Corrupt(
    'restore.unverified',
    `The restored store failed verification: ${what}. No store was replaced.`,
  );
}
