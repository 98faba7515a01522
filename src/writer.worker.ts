import { workerData } from 'node:worker_threads';
import { openForWriting } from './database/sqlite/open-sqlite.js';
import { WriteTurns } from './database/sqlite/write-turns.js';
import { errorData, type ErrorData } from './errors.js';
import { EventCatalog } from './events/event-catalog.js';
import { Doorbell } from './events/log/doorbell.js';
import { jsonCodec } from './events/log/event-codec.js';
import { SqliteEventLog } from './events/log/sqlite-event-log.js';
import { LiveFolds } from './projections/folding/live-folds.js';
import { PROJECTIONS } from './projections/projection-catalog.js';
import { compileValidators } from './validation/validator.js';
import type { CommandData, WriterState } from './writer/command-writer.js';
import { DecidingWriter } from './writer/deciding-writer.js';
import { EventWriter, type Commit } from './writer/event-writer.js';
import type { Written } from './writer/write-command.js';

// The thread that holds the one writing connection; piscina calls the exported functions by name.
const { file, turns } = workerData as { file: string; turns: SharedArrayBuffer };
const db = openForWriting(file);
const log = new SqliteEventLog(db, new WriteTurns(turns).ofWriter);
const folds = new LiveFolds(PROJECTIONS);
const doorbell = new Doorbell();
const parts = { catalog: new EventCatalog(), codec: jsonCodec, folds, clock: Date.now, doorbell };
const writer = new DecidingWriter(log, new EventWriter(log, parts), folds);
compileValidators();
/** Not yet told to the main thread. */
let commits: Commit[] = [];
writer.observe((commit) => commits.push(commit));

/** What became of a command, or of another task. */
export type Settled<T> = { value: T } | { error: ErrorData };

/** What became of commands that arrived together, in their order, how far the log goes now, and the commits since the answer before. */
export interface Carried {
  outcomes: Settled<Written>[];
  position: number;
  commits: Commit[];
}

/** Writes commands that arrived together. The commits go along with the answers: no message is sent for them alone. */
export async function write(commands: readonly CommandData[]): Promise<Carried> {
  const outcomes = await Promise.all(commands.map((command) => settled(writer.write(command))));
  const made = commits;
  commits = [];
  return { outcomes, position: doorbell.position, commits: made };
}

/** Whether commands can be taken. */
export function state(): Promise<Settled<WriterState>> {
  return settled(writer.state());
}

/** Answers every command that waits, then closes the database. */
export async function close(): Promise<void> {
  await writer.close();
  db.close();
}

async function settled<T>(work: Promise<T>): Promise<Settled<T>> {
  try {
    return { value: await work };
  } catch (error) {
    return { error: errorData(error) };
  }
}
