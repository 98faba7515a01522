import { join } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pagesOf } from '../../database/pages-of.js';
import { NOT_BEING_ERASED, type Filter } from '../../database/row-store.js';
import type { Table } from '../../database/table.js';
import { Unavailable } from '../../errors.js';
import { EVENT_FIELDS } from '../../events/event-fields.js';
import { countedRows } from '../../formats/counted-rows.js';
import { rowBytes, type RowFormat } from '../../formats/row-format.js';
import { allCheckpoints, statusOf } from '../../projections/folding/checkpoints.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import { PROJECTIONS } from '../../projections/projection-catalog.js';
import { makeFolders } from '../../store/make-folders.js';
import type { JobContext } from '../job-context.js';
import { eventRows } from './event-rows.js';
import { nameFiles, removePartial, unwritableOutput, writePartial, type PartialFile } from './row-file.js';
import { columnsOf } from './table-columns.js';

/** Rows of one read, which may each have the texts of a turn. */
const ROWS_PER_PAGE = 200;

/** The name of the log among the tables. */
const LOG = 'events';

const PROJECTION_OF = new Map(
  PROJECTIONS.flatMap((projection) => projection.tables.map((table) => [table.name, { projection, table }])),
);

/** The tables that can be exported: the log, and those of the projections. */
export const TABLE_NAMES: readonly string[] = [LOG, ...PROJECTION_OF.keys()];

/** What is exported: tables in a format, of one user if one is named. */
export interface TableSelection {
  format: RowFormat;
  /** All of TABLE_NAMES when left out. */
  tables?: readonly string[] | undefined;
  userId?: string | undefined;
}

export interface ExportedTable {
  table: string;
  file: string;
  rows: number;
  bytes: number;
}

export interface TablesReport {
  storeId: string;
  /** Position of the log to which every table belongs. */
  position: number;
  tables: ExportedTable[];
  ms: number;
}

/**
 * Writes each table to a file of its own in the folder, such as `events.parquet`. All of them show the store
 * at one position. No file has its name before all are complete and on disk.
 */
export async function exportTables(
  reader: StoreReader,
  { folder, ...selection }: TableSelection & { folder: string },
  { progress, signal }: JobContext = {},
): Promise<TablesReport> {
  const started = performance.now();
  makeFolder(folder);
  const files: PartialFile[] = [];
  try {
    const report = await atOnePosition(reader, selection, async (source) => {
      const total = await source.countRows();
      const tables: ExportedTable[] = [];
      let before = 0;
      for (const table of source.tables) {
        const file = join(folder, `${table}.${selection.format}`);
        let rows = 0;
        const chunks = source.bytesOf(table, (count) => {
          rows = count;
          progress?.(before + count, total);
        });
        const written = await writePartial(file, chunks, signal);
        files.push(written);
        before += rows;
        tables.push({ table, file, rows, bytes: written.bytes });
      }
      return { storeId: source.storeId, position: source.position, tables };
    });
    signal?.throwIfAborted();
    await nameFiles(files);
    return { ...report, ms: Math.round(performance.now() - started) };
  } catch (error) {
    for (const { file } of files) await removePartial(file);
    throw error;
  }
}

/** Writes one table to a stream. */
export function exportTableTo(
  reader: StoreReader,
  target: Writable,
  selection: TableSelection,
  signal: AbortSignal,
): Promise<void> {
  return atOnePosition(reader, selection, async (source) => {
    for (const table of source.tables) {
      const body = Readable.from(source.bytesOf(table), { objectMode: false });
      await pipeline(body, target, { end: false, signal });
    }
  });
}

function makeFolder(folder: string): void {
  try {
    makeFolders(folder);
  } catch (cause) {
    throw unwritableOutput(folder, cause);
  }
}

/**
 * Runs the work in one snapshot of the database, which keeps it however long that takes: until then,
 * SQLite's write-ahead log grows by what is written.
 */
function atOnePosition<T>(
  reader: StoreReader,
  selection: TableSelection,
  work: (source: TableSource) => Promise<T>,
): Promise<T> {
  return reader.snapshot(async () => {
    const { position } = await reader.head();
    const source = new TableSource(reader, selection, position, await reader.storeId());
    await source.refuseIncomplete();
    return work(source);
  });
}

/** The tables of a store at a position, as bytes. */
class TableSource {
  readonly tables: readonly string[];
  private readonly rows: StoreReader['rows'];

  constructor(
    private readonly reader: StoreReader,
    private readonly selection: TableSelection,
    readonly position: number,
    readonly storeId: string,
  ) {
    this.tables = selection.tables ?? TABLE_NAMES;
    this.rows = (table, query) => reader.rows(table, query);
  }

  /** Throws Unavailable if a table lacks events of the log. */
  async refuseIncomplete(): Promise<void> {
    const checkpoints = await allCheckpoints(this.reader);
    for (const name of this.tables) {
      const projection = PROJECTION_OF.get(name)?.projection;
      const at = checkpoints.find((each) => each.projection === projection?.name);
      if (projection === undefined || statusOf(projection, at, this.position) === 'live') continue;
      const message = `${name} belongs to ${projection.name}, which is not at the end of the log; rebuild it (edgesoul rebuild --projection ${projection.name}), or choose other tables.`;
      throw new Unavailable('projection.unavailable', message);
    }
  }

  /** The number of rows of all tables, for the progress; an upper bound for one user. */
  async countRows(): Promise<number> {
    let total = 0;
    for (const name of this.tables) {
      const known = PROJECTION_OF.get(name);
      total += known ? await this.reader.count(known.table) : this.position;
    }
    return total;
  }

  /** Returns the table in the format, and calls `onRows` with the number of its rows so far. */
  bytesOf(name: string, onRows: (rows: number) => void = () => undefined): AsyncGenerator<Uint8Array, void> {
    const about = { storeId: this.storeId, position: String(this.position), table: name };
    const table = PROJECTION_OF.get(name)?.table;
    const { format, userId } = this.selection;
    const rows = table
      ? this.rowsOf(table)
      : eventRows(this.reader, { after: 0, upTo: this.position, userId });
    return rowBytes(format, table ? columnsOf(table) : EVENT_FIELDS, countedRows(rows, onRows), about);
  }

  private async *rowsOf(table: Table): AsyncGenerator<object> {
    const { userId } = this.selection;
    const filters: Filter[] = [NOT_BEING_ERASED];
    if (userId !== undefined) filters.push(['userId', '=', userId]);
    const query = { filters, order: table.key };
    for await (const page of pagesOf({ list: this.rows }, table, query, ROWS_PER_PAGE)) yield* page;
  }
}
