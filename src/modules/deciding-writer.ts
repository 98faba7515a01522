import { settled, type EventLog, type LogTransaction } from '../events/log/event-log.js';
import type { Commit, EventWriter } from '../events/log/event-writer.js';
import { checkpointsTable, type CheckpointRow } from '../events/log/log-tables.js';
import type { Written } from '../events/log/write-command.js';
import { PROJECTIONS } from '../projections/projection-catalog.js';
import type { Projection } from '../projections/projection.js';
import { CommandWriter, type CommandData, type WriterState } from './command-writer.js';
import { withDecider } from './deciders.js';

/** Writes in this thread: finds each command's decider and hands both to the event writer. */
export class DecidingWriter extends CommandWriter {
  constructor(
    private readonly log: EventLog,
    private readonly writer: EventWriter,
  ) {
    super();
  }

  override get waiting(): number {
    return this.writer.queued;
  }

  override observe(observer: (commit: Commit) => void): void {
    this.writer.observe(observer);
  }

  override write(command: CommandData): Promise<Written> {
    return this.writer.write(withDecider(command));
  }

  override state(): Promise<WriterState> {
    return this.log.transaction((transaction) =>
      settled(transaction, () => ({
        position: transaction.head.position,
        behind: PROJECTIONS.filter((projection) => !isAtHead(projection, transaction)).map(
          ({ name }) => name,
        ),
      })),
    );
  }

  override close(): Promise<void> {
    return this.writer.close();
  }
}

function isAtHead({ name, version }: Projection, { head, rows }: LogTransaction): boolean {
  const checkpoint = rows.load(checkpointsTable, [name]) as CheckpointRow | undefined;
  return checkpoint?.position === head.position && checkpoint.version === version;
}
