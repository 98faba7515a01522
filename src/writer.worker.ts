import { workerData } from 'node:worker_threads';
import { openForWriting } from './database/sqlite/open-sqlite.js';
import { WriteTurns } from './database/sqlite/write-turns.js';
import { EventCatalog } from './events/event-catalog.js';
import { Doorbell } from './events/log/doorbell.js';
import { jsonCodec } from './events/log/event-codec.js';
import { SqliteEventLog } from './events/log/sqlite-event-log.js';
import { loadDeciders } from './modules/command-catalog.js';
import { LiveFolds } from './projections/folding/live-folds.js';
import { PROJECTIONS } from './projections/projection-catalog.js';
import { toResult, type ThreadResult } from './thread-result.js';
import type { CommandData, WriterState } from './writer/command-writer.js';
import { DecidingWriter } from './writer/deciding-writer.js';
import { EventWriter, type Commit } from './writer/event-writer.js';
import { Usage } from './writer/quotas/usage.js';
import type { CommandResults, WriterTasks, WriterThreadData } from './writer/writer-thread.js';

// The thread that owns the only writing connection; piscina calls the exported functions by name.
const { file, turns, quotas } = workerData as WriterThreadData;
const db = openForWriting(file);
const log = new SqliteEventLog(db, new WriteTurns(turns).forCommands);
const folds = new LiveFolds(PROJECTIONS);
const doorbell = new Doorbell();
const usage = quotas && new Usage(quotas);
await usage?.catchUpAll(log);
const parts = { catalog: new EventCatalog(), codec: jsonCodec, folds, clock: Date.now, doorbell, usage };
const writer = new DecidingWriter(log, new EventWriter(log, parts), folds, await loadDeciders());
/** Commits that are not yet reported to the main thread; they are sent with the next results. */
let commits: Commit[] = [];
writer.onCommit((commit) => commits.push(commit));

export async function write(commands: readonly CommandData[]): Promise<CommandResults> {
  const results = await Promise.all(commands.map((command) => toResult(() => writer.write(command))));
  const reported = commits;
  commits = [];
  return { results, position: doorbell.position, commits: reported };
}

export function state(): Promise<ThreadResult<WriterState>> {
  return toResult(() => writer.state());
}

export async function close(): Promise<void> {
  await writer.close();
  db.close();
}

({ write, state, close }) satisfies WriterTasks;
