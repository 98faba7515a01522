import { linesOf, type LogRange } from '../../src/operations/log-lines.js';
import { importLog, type ImportReport, type ImportWatched } from '../../src/operations/import-log.js';
import { PROJECTIONS } from '../../src/projections/projection-catalog.js';
import { verifyStore, type VerifyReport } from '../../src/projections/verify-store.js';
import { openStoreReader } from '../../src/store/open-store-reader.js';
import type { StoreReader } from '../../src/projections/store-reader.js';
import { decoder } from './refolded.js';
import type { TestDatabase } from './test-database.js';

/** Runs the work with a reader of the database. */
export async function reading<T>(
  { address }: Pick<TestDatabase, 'address'>,
  work: (reader: StoreReader) => Promise<T>,
): Promise<T> {
  const reader = openStoreReader(address);
  try {
    return await work(reader);
  } finally {
    await reader.close();
  }
}

/** A part of the log as the text of a file. */
export function exported(db: TestDatabase, range: LogRange = { after: 0 }): Promise<string> {
  return reading(db, async (reader) => {
    let text = '';
    for await (const chunk of linesOf(reader, range)) text += chunk;
    return text;
  });
}

/** Takes the text of a file into the database. */
export function imported(
  db: TestDatabase,
  text: string,
  { append = false, watched }: { append?: boolean; watched?: ImportWatched } = {},
): Promise<ImportReport> {
  return reading(db, (reader) =>
    importLog(
      { log: db.log, reader, decoder: decoder(), projections: PROJECTIONS },
      { lines: () => pieces(text), append, verify: true },
      watched,
    ),
  );
}

export function verified(db: TestDatabase): Promise<VerifyReport> {
  return reading(db, (reader) => verifyStore({ reader, decoder: decoder(), projections: PROJECTIONS }));
}

/** The text in pieces that end anywhere, as a file is read. */
export async function* pieces(text: string, size = 7_001): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
