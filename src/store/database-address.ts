/**
 * A SQLite file, or the URL of a PostgreSQL database. The threads of one process that write the same file take turns by
 * the memory that they share; see WriteTurns.
 */
export type DatabaseAddress = { file: string; turns?: SharedArrayBuffer } | { url: string };

/** Whether processes on other machines, and of other releases, may work on the same store. */
export function isShared(address: DatabaseAddress): boolean {
  return 'url' in address;
}

/** What messages call the database: never its password. */
export function databaseName(address: DatabaseAddress): string {
  if ('file' in address) return `The database ${address.file}`;
  const { hostname, port, pathname } = new URL(address.url);
  return `The PostgreSQL database ${hostname}:${port || '5432'}${pathname}`;
}
