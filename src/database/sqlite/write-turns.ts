/** The write lock as one thread uses it: taken before a transaction, released after it. */
export interface WriteLock {
  acquire(): void;
  /** Releases the lock. */
  release(): void;
  /** Records, while the lock is held, that events were appended. */
  recordAppend(): void;
  /** Whether commands wait for the lock; a bulk load should then release it. */
  commandsWait(): boolean;
}

/** Longest wait for the lock, ms; then the waiting thread goes ahead, since the holder may have died. */
const MAX_WAIT_MS = 100;
const WRITER_CELL = 0;
const BULK_LOAD_CELL = 1;
const APPENDED_CELL = 2;
const CELL_COUNT = 3;

/**
 * A write lock between the threads of one process that write to a SQLite file. SQLite's own lock polls, so
 * threads that write one transaction after another would starve commands. With this lock they take turns, and
 * commands go first. Its memory is shared, so that it can be passed to any thread.
 */
export class WriteTurns {
  private readonly cells: Int32Array;

  constructor(
    readonly memory: SharedArrayBuffer = new SharedArrayBuffer(CELL_COUNT * Int32Array.BYTES_PER_ELEMENT),
  ) {
    this.cells = new Int32Array(memory);
  }

  /** The lock as the command writer uses it: it never waits, and all bulk loads wait for it. */
  get forCommands(): WriteLock {
    // A previous writer may have died while it held the lock.
    Atomics.store(this.cells, WRITER_CELL, 0);
    return {
      acquire: () => void Atomics.add(this.cells, WRITER_CELL, 1),
      release: () => {
        Atomics.sub(this.cells, WRITER_CELL, 1);
        Atomics.notify(this.cells, WRITER_CELL);
      },
      recordAppend: () => void Atomics.add(this.cells, APPENDED_CELL, 1),
      commandsWait: () => false,
    };
  }

  /** Count of the command writer's transactions that appended events. */
  get appendCount(): number {
    return Atomics.load(this.cells, APPENDED_CELL);
  }

  /** The lock as a bulk load uses it: it waits for the writer and other bulk loads, but not for ever. */
  get forBulkLoad(): WriteLock {
    return {
      acquire: () => this.acquireForBulkLoad(),
      release: () => {
        Atomics.store(this.cells, BULK_LOAD_CELL, 0);
        Atomics.notify(this.cells, BULK_LOAD_CELL, 1);
      },
      recordAppend: () => undefined,
      commandsWait: () => Atomics.load(this.cells, WRITER_CELL) > 0,
    };
  }

  private acquireForBulkLoad(): void {
    while (Atomics.compareExchange(this.cells, BULK_LOAD_CELL, 0, 1) !== 0)
      if (Atomics.wait(this.cells, BULK_LOAD_CELL, 1, MAX_WAIT_MS) === 'timed-out') break;
    const writers = Atomics.load(this.cells, WRITER_CELL);
    if (writers > 0) Atomics.wait(this.cells, WRITER_CELL, writers, MAX_WAIT_MS);
  }
}
