import type { FailureRow } from '../events/log/log-tables.js';
import type { Commit } from './event-writer.js';
import type { WriteCommand, Written } from './write-command.js';

/** A command as data, so that it can cross into another thread: what shall be decided, by name and input. */
export interface CommandData extends Omit<WriteCommand, 'decide'> {
  /** One of the names in the command catalog. */
  name: string;
  input: object;
}

/** Whether commands can be taken now. */
export interface WriterState {
  /** Position of the last event. */
  position: number;
  /** The projections that are not at that position, or that other folds have made. */
  behind: string[];
  /** Those that stopped at an event in a rebuild or at the start, whether their rows are at the head or not. */
  failed: Omit<FailureRow, 'failedAt'>[];
  /** Why the disk did not take the last commit, when that was a moment ago and none was made since; null otherwise. */
  unwritable: string | null;
}

/** The only way to change the store. */
export abstract class CommandWriter {
  /** Commands that are not answered yet. */
  abstract readonly waiting: number;
  /** Calls the one listener for every commit from now on, before its commands are answered; it must not throw. */
  abstract onCommit(listener: (commit: Commit) => void): void;
  /** Resolves once the command's events are on disk; rejects with its refusal, or with Unavailable. */
  abstract write(command: CommandData): Promise<Written>;
  /** Opens a write transaction and looks; rejects with Unavailable when none can be opened. */
  abstract state(): Promise<WriterState>;
  /** Takes no further command and resolves when all that waited are answered. */
  abstract close(): Promise<void>;
}
