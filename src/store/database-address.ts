/**
 * A SQLite file, or the URL of a PostgreSQL database. The threads of one process that write the same file take turns by
 * the memory that they share; see WriteTurns.
 */
export type DatabaseAddress = { file: string; turns?: SharedArrayBuffer } | { url: string };

/** What messages call the database: never its password. */
export function databaseName(address: DatabaseAddress): string {
  if ('file' in address) return `The database ${address.file}`;
  const { hostname, port, pathname } = new URL(address.url);
  return `The PostgreSQL database ${hostname}:${port || '5432'}${pathname}`;
}
