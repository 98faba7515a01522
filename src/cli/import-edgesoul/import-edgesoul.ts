import type { Progress } from '../../operations/job-context.js';
import type { ForeignFile, ForeignRow } from '../../store/sqlite/foreign-file.js';
import { merged, patternCommand, sourcePattern, type SourcePattern } from './emotion-rows.js';
import { RowRefused, type ImportCommand, type ImportRow } from './import-command.js';
import { ImportReport } from './import-report.js';
import { memoryCommands } from './memory-rows.js';
import { profileCommands } from './profile-rows.js';
import type { SourceClock } from './source-clock.js';
import { SourceRow } from './source-row.js';
import { selectFrom, TABLE_NAMES, type SourceTable } from './source-tables.js';
import { windowCommands } from './window-rows.js';

/** Most commands, and most characters, that are sent at once. */
const MAX_COMMANDS = 200;
const MAX_CHARACTERS = 1_000_000;

/** What came of a command: written now, written before, or refused for a reason. */
export type Outcome = 'written' | 'already' | { refused: string };

/** Where commands are executed. */
export interface CommandSink {
  /** Executes the commands in order and returns their outcomes. Throws when none of them could be. */
  execute(commands: readonly ImportCommand[]): Promise<Outcome[]>;
}

interface Parts {
  source: ForeignFile;
  clock: SourceClock;
  sink: CommandSink;
}

/**
 * Executes the commands that tell what the rows say, table by table. Only a batch of rows is in memory. What
 * was imported before is found by ids, keys and state, so that another run continues an interrupted one.
 */
export async function importTables(
  { source, clock, sink }: Parts,
  { progress, signal }: { progress?: Progress; signal?: AbortSignal },
): Promise<ImportReport> {
  const report = new ImportReport();
  const present = TABLE_NAMES.filter((table) => source.columns(table).includes('user_id'));
  const counts = present.map((table) => source.count(table));
  const total = counts.reduce((sum, count) => sum + count, 0);
  let done = 0;
  for (const table of present) {
    const batch = new Batch(table, report, sink);
    for (const row of importRows(source, table, { clock, report })) {
      await batch.add(row);
      done = report.table(table).rows + doneBefore(report, present, table);
      signal?.throwIfAborted();
      progress?.(done, total);
    }
    await batch.flush();
  }
  return report;
}

function doneBefore(report: ImportReport, tables: readonly SourceTable[], table: SourceTable): number {
  return tables.slice(0, tables.indexOf(table)).reduce((sum, each) => sum + report.table(each).rows, 0);
}

interface Reading {
  clock: SourceClock;
  report: ImportReport;
}

function* importRows(source: ForeignFile, table: SourceTable, reading: Reading): Iterable<ImportRow> {
  const { report } = reading;
  const rows = source.rows(selectFrom(source, table));
  if (table === 'emotional_patterns') {
    yield* patternRows(rows, reading);
    return;
  }
  const commandsOf = {
    user_profiles: profileCommands,
    memories: (row: SourceRow) => memoryCommands(row, (minutes) => report.sawOffset(minutes)),
    conversation_contexts: windowCommands,
  }[table];
  for (const values of rows) {
    const commands = orRefuse(table, values, reading, commandsOf);
    if (commands) yield { name: nameOf(table, values), commands };
  }
}

/** Patterns of a user are merged by the normal form of their emotions, so they are read user by user. */
function* patternRows(rows: Iterable<ForeignRow>, reading: Reading): Iterable<ImportRow> {
  const table = 'emotional_patterns';
  let patterns = new Map<string, SourcePattern>();
  const ofUser = function* (): Iterable<ImportRow> {
    for (const pattern of patterns.values())
      yield { name: `${pattern.userId}, ${pattern.emotion}`, commands: [patternCommand(pattern)] };
    patterns = new Map();
  };
  let user: unknown;
  for (const values of rows) {
    if (values['user_id'] !== user) yield* ofUser();
    user = values['user_id'];
    const pattern = orRefuse(table, values, reading, sourcePattern);
    if (!pattern) continue;
    const same = patterns.get(pattern.emotion);
    if (same) reading.report.repaired(table, 'spelling: merged with another row');
    patterns.set(pattern.emotion, same ? merged(same, pattern) : pattern);
  }
  yield* ofUser();
}

/** Reads a row; counts it, its repairs and its refusal. */
function orRefuse<T>(
  table: SourceTable,
  values: ForeignRow,
  { clock, report }: Reading,
  read: (row: SourceRow) => T,
): T | undefined {
  report.table(table).rows++;
  try {
    return read(new SourceRow(values, clock, (kind) => report.repaired(table, kind)));
  } catch (error) {
    if (!(error instanceof RowRefused)) throw error;
    report.refuse(table, nameOf(table, values), error.message);
    return undefined;
  }
}

function nameOf(table: SourceTable, values: ForeignRow): string {
  const id = String(values[table === 'memories' ? 'memory_id' : 'user_id']);
  return `row ${String(values['row_number'])} (${id.slice(0, 100)})`;
}

/** Rows whose commands are executed together. */
class Batch {
  private rows: ImportRow[] = [];
  private commands = 0;
  private characters = 0;

  constructor(
    private readonly table: SourceTable,
    private readonly report: ImportReport,
    private readonly sink: CommandSink,
  ) {}

  async add(row: ImportRow): Promise<void> {
    const size = JSON.stringify(row.commands).length;
    const isFull =
      this.commands + row.commands.length > MAX_COMMANDS || this.characters + size > MAX_CHARACTERS;
    if (isFull) await this.flush();
    this.rows.push(row);
    this.commands += row.commands.length;
    this.characters += size;
  }

  async flush(): Promise<void> {
    const { rows } = this;
    this.rows = [];
    this.commands = 0;
    this.characters = 0;
    if (rows.length === 0) return;
    const outcomes = await this.sink.execute(rows.flatMap(({ commands }) => commands));
    let next = 0;
    for (const { name, commands } of rows) this.count(name, outcomes.slice(next, (next += commands.length)));
  }

  /** A row came when anything of it was written, and is refused when nothing but refusals is left of it. */
  private count(name: string, outcomes: readonly Outcome[]): void {
    const table = this.report.table(this.table);
    const refused = outcomes.find((outcome) => typeof outcome === 'object');
    if (outcomes.includes('written')) table.came++;
    else if (outcomes.includes('already') || !refused) table.already++;
    else this.report.refuse(this.table, name, refused.refused);
    if (refused && outcomes.some((outcome) => typeof outcome === 'string'))
      this.report.repaired(this.table, `part left out: ${refused.refused}`);
  }
}
