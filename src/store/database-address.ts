/**
 * A SQLite file, or the URL of a PostgreSQL database. `turns` is the memory of WriteTurns: the threads of one
 * process that write the same file share it to take turns.
 */
export type DatabaseAddress = { file: string; turns?: SharedArrayBuffer } | { url: string };

/** Whether other processes, also on other machines and of other releases, may use the same store. */
export function isShared(address: DatabaseAddress): boolean {
  return 'url' in address;
}

/** The name of the database in messages; it never contains the password. */
export function databaseName(address: DatabaseAddress): string {
  if ('file' in address) return `The database ${address.file}`;
  const { hostname, port, pathname } = new URL(address.url);
  return `The PostgreSQL database ${hostname}:${port || '5432'}${pathname}`;
}
