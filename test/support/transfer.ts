import { linesOf, type LogRange } from '../../src/operations/lines/log-lines.js';
import {
  importLog,
  type ImportReport,
  type ImportContext,
} from '../../src/operations/transfer/import-log.js';
import type { ImportRequest } from '../../src/operations/transfer/import-parts.js';
import { PROJECTIONS } from '../../src/projections/projection-catalog.js';
import type { Projection } from '../../src/projections/projection.js';
import { readStore } from '../../src/store/open-store-reader.js';
import { foldInThisThread } from './in-this-thread.js';
import { decoder } from './refolded.js';
import type { TestDatabase } from './test-database.js';

/** A range of the log as the text of an export file. */
export function exportText(db: TestDatabase, range: LogRange = { after: 0 }): Promise<string> {
  return readStore(db.address, async (reader) => {
    let text = '';
    for await (const chunk of linesOf(reader, range)) text += chunk;
    return text;
  });
}

/** Imports the text of a file into the database. */
export function importText(
  db: TestDatabase,
  text: string,
  {
    append = false,
    projections = PROJECTIONS,
    job,
    erasuresOf,
  }: {
    append?: boolean;
    projections?: readonly Projection[];
    job?: ImportContext;
    erasuresOf?: ImportRequest['erasuresOf'];
  } = {},
): Promise<ImportReport> {
  return readStore(db.address, (reader) => {
    const parts = { log: db.log, reader, decoder: decoder(), projections };
    return importLog(
      { ...parts, foldRanges: foldInThisThread(parts) },
      { lines: () => pieces(text), append, verify: true, erasuresOf },
      job,
    );
  });
}

/** The text in pieces that end anywhere, as when a file is read. */
export async function* pieces(text: string, size = 7_001): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
