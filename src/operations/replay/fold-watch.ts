/** What the thread of a fold is doing: a place in memory that the main thread reads, however busy it is. */
export class FoldWatch {
  private readonly state: Float64Array;

  /** Pass the `buffer` of the main thread's watch to the thread's. */
  constructor(readonly buffer = new SharedArrayBuffer(16)) {
    this.state = new Float64Array(buffer);
  }

  /** The fold runs at that position; LOADING for its file. */
  enter(position: number): void {
    this.state[0] = position;
  }

  leave(): void {
    this.state[0] = 0;
    this.state[1] = (this.state[1] ?? 0) + 1;
  }

  /**
   * Position of the event that is being folded, and how many times the fold has run; undefined if it does not
   * run.
   */
  running(): { position: number; runs: number } | undefined {
    const [position = 0, runs = 0] = this.state;
    return position === 0 ? undefined : { position, runs };
  }
}

/** Stands for the time in which the fold file itself is run. */
export const LOADING = -1;

/** Interval at which the fold is looked at, ms. */
const LOOK_MS = 100;

/**
 * Calls `onStuck` with the position at which the fold has been for longer than the limit (ms); returns a
 * function that ends the watch.
 */
export function watchFold(
  watch: FoldWatch,
  limitMs: number,
  onStuck: (position: number) => void,
): () => void {
  let last: { position: number; runs: number; since: number } | undefined;
  const timer = setInterval(() => {
    const running = watch.running();
    if (!running) last = undefined;
    else if (running.position !== last?.position || running.runs !== last.runs)
      last = { ...running, since: performance.now() };
    else if (performance.now() - last.since >= limitMs) onStuck(running.position);
  }, LOOK_MS);
  return () => clearInterval(timer);
}
