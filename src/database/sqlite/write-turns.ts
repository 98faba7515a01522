/** Asked for before each transaction, and given back after it. */
export interface Turn {
  take(): void;
  done(): void;
  /** Told within a turn that events were appended in it. */
  appended(): void;
  /** Whether someone waits who goes first. */
  commandsWait(): boolean;
}

/** Longest wait for a turn, in ms: whoever was to say that it is over may have died. */
const PATIENCE_MS = 100;
const WRITER = 0;
const FILLER = 1;
const WRITTEN = 2;
const CELLS = 3;

/**
 * Who of one process may write to a SQLite file next. SQLite itself has no queue: whoever waits looks again every now and
 * then, so that threads which write one transaction after another would keep the writer of commands out. They take turns,
 * and let it go first. Lives in shared memory, and so may be handed to any thread.
 */
export class WriteTurns {
  private readonly cells: Int32Array;

  constructor(
    readonly memory: SharedArrayBuffer = new SharedArrayBuffer(CELLS * Int32Array.BYTES_PER_ELEMENT),
  ) {
    this.cells = new Int32Array(memory);
  }

  /** For the writer of commands: never waits, and has all others wait. */
  get forCommands(): Turn {
    // The writer before may have died within a turn.
    Atomics.store(this.cells, WRITER, 0);
    return {
      take: () => void Atomics.add(this.cells, WRITER, 1),
      done: () => {
        Atomics.sub(this.cells, WRITER, 1);
        Atomics.notify(this.cells, WRITER);
      },
      appended: () => void Atomics.add(this.cells, WRITTEN, 1),
      commandsWait: () => false,
    };
  }

  /** Another number whenever events were appended in a turn of the writer of commands. */
  get written(): number {
    return Atomics.load(this.cells, WRITTEN);
  }

  /** For long work: blocks its thread until the writer and all other long work are done, though never for ever. */
  get forBulkLoad(): Turn {
    return {
      take: () => this.waitAsFiller(),
      done: () => {
        Atomics.store(this.cells, FILLER, 0);
        Atomics.notify(this.cells, FILLER, 1);
      },
      appended: () => undefined,
      commandsWait: () => Atomics.load(this.cells, WRITER) > 0,
    };
  }

  private waitAsFiller(): void {
    while (Atomics.compareExchange(this.cells, FILLER, 0, 1) !== 0)
      if (Atomics.wait(this.cells, FILLER, 1, PATIENCE_MS) === 'timed-out') break;
    const wanted = Atomics.load(this.cells, WRITER);
    if (wanted > 0) Atomics.wait(this.cells, WRITER, wanted, PATIENCE_MS);
  }
}
