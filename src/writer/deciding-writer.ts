import { type EventLog, type LogTransaction } from '../events/log/event-log.js';
import { inBatch } from '../events/log/in-batch.js';
import { failuresTable } from '../events/log/log-tables.js';
import { statusIn } from '../projections/folding/checkpoints.js';
import type { EventFolds } from '../projections/folding/event-folds.js';
import { PROJECTIONS } from '../projections/projection-catalog.js';
import { CommandWriter, type CommandData, type WriterState } from './command-writer.js';
import type { Commit, EventWriter } from './event-writer.js';
import type { Decision, WriteCommand, WriteState, Written } from './write-command.js';

/** Decides which events a command appends, given its validated input. Throws the command's refusal. */
export type Decider = (state: WriteState, userId: string, input: never) => Decision;

/** Writes in the calling thread: looks up each command's decider and passes both to the event writer. */
export class DecidingWriter extends CommandWriter {
  constructor(
    private readonly log: EventLog,
    private readonly writer: EventWriter,
    private readonly folds: EventFolds,
    /** By the command's name. */
    private readonly deciders: ReadonlyMap<string, Decider>,
  ) {
    super();
  }

  override get waiting(): number {
    return this.writer.queued;
  }

  override onCommit(listener: (commit: Commit) => void): void {
    this.writer.onCommit(listener);
  }

  override write(command: CommandData): Promise<Written> {
    return this.writer.write(withDecider(this.deciders, command));
  }

  override state(): Promise<WriterState> {
    return this.log.transaction(async (transaction) => {
      const state = await this.stateIn(transaction);
      if (state.behind.length === 0 || !(await this.folds.catchUpInline(transaction))) return state;
      return this.stateIn(transaction);
    });
  }

  private stateIn(transaction: LogTransaction): Promise<WriterState> {
    const { position, recordedAt } = transaction.head;
    return inBatch(transaction, (rows) => {
      const behind = PROJECTIONS.filter((projection) => statusIn(projection, position, rows) !== 'live');
      const failed = PROJECTIONS.flatMap(({ name }) => rows.get(failuresTable, name) ?? []);
      return {
        position,
        behind: behind.map(({ name }) => name),
        clock: this.writer.clockState(recordedAt),
        unwritable: this.writer.unwritable ?? null,
        failed: failed.map(({ failedAt: _at, ...failure }) => failure),
      };
    });
  }

  override close(): Promise<void> {
    return this.writer.close();
  }
}

/** Returns the command with its decider for the event writer. Throws for an unknown command name. */
export function withDecider(
  deciders: ReadonlyMap<string, Decider>,
  { name, input, ...command }: CommandData,
): WriteCommand {
  const decide = deciders.get(name);
  if (!decide) throw new Error(`No decider is known for the command ${name}.`);
  return { ...command, decide: (state) => decide(state, command.userId, input as never) };
}
