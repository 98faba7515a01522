/** The task of a peer: to append the mix's events to a file of its own for `seconds`. */
export interface PeerTask {
  folder: string;
  seconds: number;
  /** Writers that each wait for their own append; for the hand-written peer, the commands per commit. */
  writers: number;
  projections: boolean;
  /** emmett only: one connection for all writers, instead of its default of one per append. */
  sharedConnection?: boolean;
}

/** The result of a peer. */
export interface PeerResult {
  events: number;
  commands: number;
  seconds: number;
  /** CPU microseconds of the process per command: the steadiest figure on a busy machine. */
  cpuMicros: number;
  /** Appends that failed, mostly because the file was locked. */
  failed: number;
  /** The durability that the peer's own connection reports. */
  durability: string;
  /** What a reader must know to compare the figures. */
  note?: string | undefined;
}

/** Nothing is counted before, so that the JavaScript engine has compiled the code. */
const WARM_UP_MS = 2_000;

/** Counts what is written from the end of the warm-up to the end of the task's time. */
export class Tally {
  commands = 0;
  events = 0;
  failed = 0;
  private readonly warmUpEnd = performance.now() + WARM_UP_MS;
  private readonly end: number;
  private start = { at: 0, commands: 0, events: 0, failed: 0, cpu: process.cpuUsage() };

  constructor({ seconds }: PeerTask) {
    this.end = this.warmUpEnd + seconds * 1000;
  }

  /** Returns false once the time is over. */
  running(): boolean {
    const now = performance.now();
    const { commands, events, failed } = this;
    if (this.start.at === 0 && now > this.warmUpEnd) {
      this.start = { at: now, commands, events, failed, cpu: process.cpuUsage() };
    }
    return now < this.end;
  }

  /** The counts since the warm-up. Call this as soon as the last writer is done. */
  result(): Omit<PeerResult, 'durability'> {
    const { user, system } = process.cpuUsage(this.start.cpu);
    const commands = this.commands - this.start.commands;
    return {
      commands,
      events: this.events - this.start.events,
      failed: this.failed - this.start.failed,
      seconds: (performance.now() - this.start.at) / 1000,
      cpuMicros: (user + system) / Math.max(1, commands),
    };
  }
}

/** Runs a measuring process: receives one task and sends one result or error. */
export function answerTask(run: (task: PeerTask) => Promise<PeerResult>): void {
  process.once('message', (task) => {
    run(task as PeerTask).then(
      (result) => process.send!(result),
      (error: unknown) => process.send!({ error: error instanceof Error ? error.message : String(error) }),
    );
  });
  process.once('disconnect', () => process.exit());
}

/** SQLite's journal mode and synchronous level, as the pragmas report them, such as `WAL FULL`. */
export function durability(journalMode: unknown, synchronous: unknown): string {
  const level = ['OFF', 'NORMAL', 'FULL', 'EXTRA'][Number(synchronous)] ?? String(synchronous);
  return `${String(journalMode).toUpperCase()} ${level}`;
}
