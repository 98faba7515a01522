import type { FailureRow } from '../events/log/log-tables.js';
import type { ClockState } from './clock-watch.js';
import type { Commit } from './event-writer.js';
import type { WriteCommand, Written } from './write-command.js';

/** A command as data, which can be sent to another thread: the name and input instead of the decider. */
export interface CommandData extends Omit<WriteCommand, 'decide'> {
  /** One of the names in the command catalog. */
  name: string;
  input: object;
}

/** Whether the writer can accept commands now. */
export interface WriterState {
  /** Position of the last event. */
  position: number;
  /** Names of the projections whose checkpoint has another position or another version of the folds. */
  behind: string[];
  /**
   * Projections that stopped at a poison event, in a rebuild or at the start; their rows may be at the head.
   */
  failed: Omit<FailureRow, 'failedAt'>[];
  /** Why the last commit failed on the disk; null if it did not, or if that is over 10 seconds ago. */
  unwritable: string | null;
  clock: ClockState;
}

/** Writes commands to the store: the only way to change it. */
export abstract class CommandWriter {
  /** Number of commands that are not answered yet. */
  abstract readonly waiting: number;
  /** Sets the one listener, called for every commit before its commands are answered; it must not throw. */
  abstract onCommit(listener: (commit: Commit) => void): void;
  /** Resolves once the command's events are on disk; rejects with its refusal or with Unavailable. */
  abstract write(command: CommandData): Promise<Written>;
  /** Reads the state inside a write transaction; rejects with Unavailable when none can be opened. */
  abstract state(): Promise<WriterState>;
  /** Accepts no further commands; resolves when all waiting commands are answered. */
  abstract close(): Promise<void>;
}
