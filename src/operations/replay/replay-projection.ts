import { setImmediate } from 'node:timers/promises';
import { parsedRow } from '../../database/stored-table.js';
import { keyOf, keyText, type Table } from '../../database/table.js';
import { PoisonEvent, Unavailable } from '../../errors.js';
import { EventDecoder } from '../../events/log/event-decoder.js';
import type { Column } from '../../formats/column.js';
import { rowBytes } from '../../formats/row-format.js';
import { allCheckpoints, statusOf } from '../../projections/folding/checkpoints.js';
import { RowComparison, type RowDifference } from '../../projections/folding/compare-rows.js';
import { foldStore } from '../../projections/folding/fold-store.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import { PROJECTIONS } from '../../projections/projection-catalog.js';
import { defaultsOf, type Projection, type SettingValues } from '../../projections/projection.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { openScratchRows, type ScratchRows } from '../../store/open-scratch-rows.js';
import { readStore } from '../../store/open-store-reader.js';
import type { Progress } from '../job-context.js';
import { nameFiles, unwritableOutput, writePartial } from '../transfer/row-file.js';
import { formatOf, stateFile } from './output-file.js';

/** The input of `replayProjection`. */
export interface ProjectionReplay {
  address: DatabaseAddress;
  /** The name of a projection. */
  projection: string;
  /** The settings that have another value than by default. */
  set: SettingValues;
  /** Folds up to this position only, and compares with what the projection had then. */
  upTo?: number | undefined;
  /** Where all differing rows are written to, if they are. */
  out?: string | undefined;
}

/** How the rows of a table would change. */
export interface TableChanges {
  table: string;
  changed: number;
  added: number;
  removed: number;
}

export interface ProjectionDiff {
  projection: string;
  /** The value of every setting. */
  settings: SettingValues;
  position: number;
  /** Users, and those of them of whom a row would change. */
  users: number;
  changedUsers: number;
  rows: number;
  differences: number;
  tables: TableChanges[];
  /** The first differences; `live` is what there is, `folded` what there would be. */
  firstDifferences: RowDifference[];
  ms: number;
}

/**
 * Folds the log again into a projection with other settings, and compares the rows with those that there are.
 * Nothing in the store changes.
 */
export async function replayProjection(input: ProjectionReplay, progress: Progress): Promise<ProjectionDiff> {
  const started = performance.now();
  const live = PROJECTIONS.find(({ name }) => name === input.projection) as Projection;
  const settings = { ...defaultsOf(live.settings), ...input.set };
  const changed: Projection = { ...live, folds: live.foldsWith(settings) };
  const output = input.out === undefined ? undefined : new DifferenceFile(input.out);
  try {
    const comparison = new ChangeCounter(live, output);
    const position = await readStore(input.address, (reader) =>
      compare(reader, { live, changed, upTo: input.upTo, comparison }, progress),
    );
    await output?.finish({
      projection: live.name,
      position: String(position),
      settings: JSON.stringify(settings),
    });
    const { users, changedUsers, changes } = comparison;
    const { rows, differences, firstDifferences } = comparison.result();
    const ms = Math.round(performance.now() - started);
    const counts = { users, changedUsers, rows, differences, tables: [...changes.values()] };
    return { projection: live.name, settings, position, ...counts, firstDifferences, ms };
  } finally {
    output?.close();
  }
}

interface Comparison {
  live: Projection;
  changed: Projection;
  upTo: number | undefined;
  comparison: ChangeCounter;
}

/** Compares, and returns the position up to which the log was folded. */
async function compare(
  reader: StoreReader,
  { live, changed, upTo, comparison }: Comparison,
  progress: Progress,
): Promise<number> {
  const { position: head } = await reader.head();
  if (upTo === undefined) await refuseIncomplete(reader, live, head);
  let done = 0;
  let last = head;
  const beside = upTo === undefined ? [] : [live];
  const parts = { reader, decoder: new EventDecoder(), projections: [changed], beside, upTo };
  const stopped = await foldStore(parts, async (folded) => {
    if (upTo === undefined) await comparison.take(reader, folded);
    else await comparison.takeRows((table) => [folded.besideRows.rowsOf(table)], folded.rows);
    comparison.endSnapshot();
    done += folded.events;
    last = folded.head;
    progress(done, Math.max(head, done));
    await setImmediate();
  });
  const [stop] = stopped;
  if (stop) throw new PoisonEvent('projection.failed', `${live.name} stops: ${stop.cause}`);
  return upTo ?? last;
}

async function refuseIncomplete(reader: StoreReader, projection: Projection, head: number): Promise<void> {
  const checkpoints = await allCheckpoints(reader);
  const at = checkpoints.find((each) => each.projection === projection.name);
  if (statusOf(projection, at, head) === 'live') return;
  const message = `${projection.name} is not at the end of the log, so that there is nothing to compare with; rebuild it, or name a position with --as-of.`;
  throw new Unavailable('projection.unavailable', message);
}

/** Counts the changes by user and by table. */
class ChangeCounter extends RowComparison {
  users = 0;
  changedUsers = 0;
  readonly changes: Map<Table, TableChanges>;
  /** Users of the present snapshot. */
  private readonly seen = { all: new Set<unknown>(), changed: new Set<unknown>() };

  constructor(
    { name, tables }: Projection,
    private readonly output: DifferenceFile | undefined,
  ) {
    super(name, tables);
    const none = { changed: 0, added: 0, removed: 0 };
    this.changes = new Map(tables.map((table) => [table, { table: table.name, ...none }]));
  }

  /** A user is never split between snapshots. */
  endSnapshot(): void {
    this.users += this.seen.all.size;
    this.changedUsers += this.seen.changed.size;
    this.seen.all.clear();
    this.seen.changed.clear();
    this.output?.save();
  }

  protected override onRow(_side: unknown, _table: Table, row: object): void {
    this.seen.all.add((row as { userId: string }).userId);
  }

  protected override onDifference(table: Table, live: object | undefined, folded: object | undefined): void {
    const row = live ?? folded;
    this.seen.changed.add((row as { userId: string }).userId);
    const count = this.changes.get(table) as TableChanges;
    if (live === undefined) count.added++;
    else if (folded === undefined) count.removed++;
    else count.changed++;
    this.output?.add(table, live, folded);
  }
}

const COLUMNS: readonly Column[] = [
  { name: 'table', type: 'text', nullable: false },
  { name: 'userId', type: 'text', nullable: false },
  { name: 'key', type: 'json', nullable: false },
  { name: 'before', type: 'json', nullable: true },
  { name: 'after', type: 'json', nullable: true },
];

/** All differing rows, on their way into a file. */
class DifferenceFile {
  private readonly state: ScratchRows;
  private added = new Map<string, string>();

  constructor(private readonly out: string) {
    try {
      this.state = openScratchRows(stateFile(out), { isNew: true });
    } catch (cause) {
      throw unwritableOutput(out, cause);
    }
  }

  add(table: Table, before: object | undefined, after: object | undefined): void {
    const key = keyOf(table, before ?? after ?? {});
    const row = {
      table: table.name,
      userId: key[0],
      key,
      before: before === undefined ? null : parsedRow(table, before),
      after: after === undefined ? null : parsedRow(table, after),
    };
    this.added.set(`${table.name}\u0000${keyText(key)}`, JSON.stringify(row));
  }

  save(): void {
    this.state.save(this.added);
    this.added = new Map();
  }

  async finish(about: Record<string, string>): Promise<void> {
    const chunks = rowBytes(formatOf(this.out), COLUMNS, this.rows(), about);
    await nameFiles([await writePartial(this.out, chunks)]);
  }

  close(): void {
    this.state.close();
  }

  private *rows(): Generator<object> {
    for (const { json } of this.state.all()) yield JSON.parse(json) as object;
  }
}
