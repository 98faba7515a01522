import { DuckDBInstance, type Json } from '@duckdb/node-api';

/** Runs the query in a DuckDB of its own, in UTC, and returns its rows: an independent reader of files. */
export async function duckDb(sql: string): Promise<Record<string, Json>[]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await connection.run(`SET TimeZone='UTC'`);
    const result = await connection.runAndReadAll(sql);
    return result.getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
