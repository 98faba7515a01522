import type { ThreadResult } from '../thread-result.js';
import type { CommandData, WriterState } from './command-writer.js';
import type { Commit } from './event-writer.js';
import type { Quotas } from './quotas/quotas.js';
import type { Written } from './write-command.js';

/** The `workerData` of the writer's thread. */
export interface WriterThreadData {
  file: string;
  /** Memory of the WriteTurns shared by all threads that write to the file. */
  turns: SharedArrayBuffer;
  quotas?: Quotas | undefined;
}

/** The results of commands that were sent together. */
export interface CommandResults {
  /** In the order of the commands. */
  results: ThreadResult<Written>[];
  /** Position of the log's last event. */
  position: number;
  /** The commits since the previous results. */
  commits: Commit[];
}

/** The tasks of the writer's thread, implemented in `src/writer.worker.ts`. */
export interface WriterTasks {
  /** Writes commands that were sent together. */
  write(commands: readonly CommandData[]): Promise<CommandResults>;
  /** Returns the state of the writer. */
  state(): Promise<ThreadResult<WriterState>>;
  /** Answers all waiting commands, then closes the database. */
  close(): Promise<void>;
}
