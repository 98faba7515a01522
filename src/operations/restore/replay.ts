import type { EventLog, LogHead } from '../../events/log/event-log.js';
import { unverifiedRestore } from '../backup/backup-errors.js';
import { appendLines } from '../lines/append-lines.js';
import { chunkByCommand } from '../lines/line-chunks.js';
import type { LogEntry } from '../lines/log-line.js';
import { oneAhead } from '../lines/one-ahead.js';
import type { RestoreTarget } from './restore-plan.js';

export interface Replayed {
  events: number;
  /** First position of the command that the target would have split; the whole command was left out. */
  leftOut?: { from: number } | undefined;
}

/**
 * Appends lines to a log that ends where they begin, up to the target: events with the receipts and skips of
 * their positions, never a part of a command. Throws Corrupt if the lines do not follow the log.
 */
export async function replay(
  log: EventLog,
  entries: AsyncIterable<LogEntry>,
  target: RestoreTarget | undefined,
  progress?: (events: number) => void,
): Promise<Replayed> {
  const commands = new WholeCommands(await log.head(), target);
  let events = 0;
  for await (const chunk of oneAhead(chunkByCommand(commands.upToTarget(entries)))) {
    await log.transaction((transaction) => appendLines(transaction, chunk, unverifiedRestore));
    events += chunk.events.length;
    progress?.(chunk.events.length);
  }
  return { events, leftOut: commands.leftOut };
}

type Event = Extract<LogEntry, { kind: 'event' }>;

/** Yields the lines of whole commands up to the target, without events that the log already has. */
export class WholeCommands {
  leftOut: { from: number } | undefined;
  /** Events and receipts of the last command, held back until it is known where the command ends. */
  private heldBack: LogEntry[] = [];
  /** Position of the last event that was yielded or is held back. */
  private position: number;

  constructor(
    /** Head of the log that the lines are appended to. */
    private readonly head: LogHead,
    private readonly target: RestoreTarget | undefined,
  ) {
    this.position = head.position;
  }

  async *upToTarget(entries: AsyncIterable<LogEntry>): AsyncGenerator<LogEntry> {
    const skips: Extract<LogEntry, { kind: 'skip' }>[] = [];
    for await (const entry of entries) {
      if (entry.kind === 'header') {
        this.checkHash(entry.header.after, entry.header.previousHash);
        yield entry;
      } else if (entry.kind === 'event') {
        this.checkHash(entry.event.position, entry.event.hash);
        if (entry.event.position <= this.head.position) continue;
        if (isBeyond(entry.event, this.target)) {
          if (!this.begins(entry)) this.leaveOut();
          break;
        }
        if (this.begins(entry)) yield* this.release();
        this.take(entry);
      } else if (entry.kind === 'receipt') this.heldBack.push(entry);
      else if (entry.kind === 'skip') skips.push(entry);
    }
    yield* this.release();
    // Skips come after all events, and may name events that the target leaves out.
    for (const skip of skips) if (skip.skip.position <= this.position) yield skip;
  }

  private take(entry: Event): void {
    this.heldBack.push(entry);
    this.position = entry.event.position;
  }

  /** Whether the event is the first of its command. */
  private begins({ event }: Event): boolean {
    const before = this.heldBack.find((entry): entry is Event => entry.kind === 'event');
    return before?.event.commandId !== event.commandId;
  }

  private leaveOut(): void {
    const first = this.heldBack.find((entry): entry is Event => entry.kind === 'event') as Event;
    this.leftOut = { from: first.event.position };
    this.position = first.event.position - 1;
    // Receipts of earlier commands may be among the lines.
    this.heldBack = this.heldBack.filter(
      (entry) => entry.kind === 'receipt' && entry.receipt.position < first.event.position,
    );
  }

  private *release(): Generator<LogEntry> {
    yield* this.heldBack;
    this.heldBack = [];
  }

  /** Where the lines and the log meet, they must have the same hash. */
  private checkHash(position: number, hash: string): void {
    if (position !== this.head.position || hash === this.head.hash) return;
    throw unverifiedRestore(
      `the events after position ${position} belong to another log, or to a history that a restore has discarded`,
    );
  }
}

function isBeyond(
  { position, recordedAt }: Pick<Event['event'], 'position' | 'recordedAt'>,
  target: RestoreTarget | undefined,
): boolean {
  if (!target) return false;
  return 'position' in target ? position > target.position : recordedAt > target.time;
}
