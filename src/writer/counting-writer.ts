import { Counter, type Registry } from 'prom-client';
import { StoreError, Unavailable } from '../errors.js';
import type { FaultWatch } from '../fault-watch.js';
import { CommandWriter, type CommandData, type WriterState } from './command-writer.js';
import type { Commit } from './event-writer.js';
import type { Written } from './write-command.js';

const OUTCOMES = ['written', 'replayed', 'refused', 'unavailable', 'failed'] as const;
type Outcome = (typeof OUTCOMES)[number];

/** Passes commands to the writer and counts their outcomes. */
export class CountingWriter extends CommandWriter {
  private readonly commands: Counter<'command' | 'outcome'>;
  private readonly errors: Counter<'command' | 'code'>;

  constructor(
    private readonly writer: CommandWriter,
    private readonly faults: FaultWatch,
    registry: Registry,
    commandNames: readonly string[],
  ) {
    super();
    const registers = [registry];
    this.commands = new Counter({
      name: 'edgesoul_commands_total',
      help: 'Commands that reached the writer, by outcome.',
      labelNames: ['command', 'outcome'],
      registers,
    });
    this.errors = new Counter({
      name: 'edgesoul_command_errors_total',
      help: 'Commands that failed or were refused, by error code.',
      labelNames: ['command', 'code'],
      registers,
    });
    // All series start at 0: a series that begins with its first failure shows no increase to the alert.
    for (const command of commandNames)
      for (const outcome of OUTCOMES) this.commands.inc({ command, outcome }, 0);
  }

  override get waiting(): number {
    return this.writer.waiting;
  }

  override onCommit(listener: (commit: Commit) => void): void {
    this.writer.onCommit(listener);
  }

  override async write(command: CommandData): Promise<Written> {
    try {
      const written = await this.writer.write(command);
      this.faults.written();
      this.commands.inc({ command: command.name, outcome: written.replayed ? 'replayed' : 'written' });
      return written;
    } catch (error) {
      this.faults.failed(error);
      this.commands.inc({ command: command.name, outcome: outcomeOf(error) });
      this.errors.inc({
        command: command.name,
        code: error instanceof StoreError ? error.code : 'internal.error',
      });
      throw error;
    }
  }

  override state(): Promise<WriterState> {
    return this.writer.state();
  }

  override close(): Promise<void> {
    return this.writer.close();
  }
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof Unavailable) return 'unavailable';
  return error instanceof StoreError && error.status < 500 ? 'refused' : 'failed';
}
