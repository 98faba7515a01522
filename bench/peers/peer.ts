/** What a peer is asked to do: append the mix's events to a file of its own for some seconds. */
export interface PeerTask {
  folder: string;
  seconds: number;
  /** Writers that each wait for their own append; the hand-written limit takes it as the batch of one commit. */
  writers: number;
  projections: boolean;
  /** emmett only: one connection for all writers instead of its default of one for every append. */
  sharedConnection?: boolean;
}

/** What a peer did in that time. */
export interface PeerResult {
  events: number;
  commands: number;
  seconds: number;
  /** CPU microseconds of the process for one command: the steadiest figure on a busy machine. */
  cpuMicros: number;
  /** Appends that failed, mostly because the file was locked. */
  failed: number;
  /** Which durability the peer's own connection reports. */
  durability: string;
  /** What else must be known to compare. */
  note?: string | undefined;
}

/** Long enough for the engine to have compiled what it runs. */
const WARM_UP_MS = 2_000;

/** What has been written, from the end of the warm-up to the end of the task's seconds. */
export class Tally {
  commands = 0;
  events = 0;
  failed = 0;
  private readonly warm = performance.now() + WARM_UP_MS;
  private readonly end: number;
  private from = { at: 0, commands: 0, events: 0, failed: 0, cpu: process.cpuUsage() };

  constructor({ seconds }: PeerTask) {
    this.end = this.warm + seconds * 1000;
  }

  /** False once the time is over. */
  running(): boolean {
    const now = performance.now();
    const { commands, events, failed } = this;
    if (this.from.at === 0 && now > this.warm) {
      this.from = { at: now, commands, events, failed, cpu: process.cpuUsage() };
    }
    return now < this.end;
  }

  /** To be asked for as soon as the last writer is done. */
  result(): Omit<PeerResult, 'durability'> {
    const { user, system } = process.cpuUsage(this.from.cpu);
    const commands = this.commands - this.from.commands;
    return {
      commands,
      events: this.events - this.from.events,
      failed: this.failed - this.from.failed,
      seconds: (performance.now() - this.from.at) / 1000,
      cpuMicros: (user + system) / Math.max(1, commands),
    };
  }
}

/** Runs a measuring process: one task in, one result (or error) out. */
export function answerTask(run: (task: PeerTask) => Promise<PeerResult>): void {
  process.once('message', (task) => {
    run(task as PeerTask).then(
      (result) => process.send!(result),
      (error: unknown) => process.send!({ error: error instanceof Error ? error.message : String(error) }),
    );
  });
  process.once('disconnect', () => process.exit());
}

/** Names SQLite's journal mode and its synchronous level as the pragmas report them. */
export function durability(journalMode: unknown, synchronous: unknown): string {
  const level = ['OFF', 'NORMAL', 'FULL', 'EXTRA'][Number(synchronous)] ?? String(synchronous);
  return `${String(journalMode).toUpperCase()} ${level}`;
}
