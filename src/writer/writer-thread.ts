import type { ThreadResult } from '../thread-result.js';
import type { CommandData, WriterState } from './command-writer.js';
import type { Commit } from './event-writer.js';
import type { Written } from './write-command.js';

/** What the writer's thread is started with. */
export interface WriterThreadData {
  file: string;
  /** Memory of the WriteTurns that all threads which write the file share. */
  turns: SharedArrayBuffer;
}

/** What became of commands that crossed together. */
export interface CommandResults {
  /** In the order of the commands. */
  results: ThreadResult<Written>[];
  /** Position of the log's last event. */
  position: number;
  /** The commits since the results before. */
  commits: Commit[];
}

/** The tasks of the writer's thread; `src/writer.worker.ts` has them. */
export interface WriterTasks {
  /** Writes commands that crossed together. */
  write(commands: readonly CommandData[]): Promise<CommandResults>;
  /** Whether commands can be taken. */
  state(): Promise<ThreadResult<WriterState>>;
  /** Answers every command that waits, then closes the database. */
  close(): Promise<void>;
}
