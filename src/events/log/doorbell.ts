/** Wakes the readers that follow the log when it grows. A ring is only a hint to read the log. */
export class Doorbell {
  private rung = 0;
  private readonly waiters = new Set<() => void>();
  private readonly listeners: ((position: number) => void)[] = [];

  /** The highest position rung so far; 0 before the first ring. */
  get position(): number {
    return this.rung;
  }

  /** Reports that every event up to the position is committed and readable. */
  ring(position: number): void {
    if (position <= this.rung) return;
    this.rung = position;
    for (const check of this.waiters) check();
    for (const listener of this.listeners) listener(position);
  }

  /** Calls the listener with the position of every ring from now on. */
  onRing(listener: (position: number) => void): void {
    this.listeners.push(listener);
  }

  /**
   * Waits until a position greater than `position` is rung; resolves at once if that has already happened.
   * Resolves after `ms` milliseconds at the latest, or when the signal aborts.
   */
  waitBeyond(position: number, ms: number, signal: AbortSignal): Promise<void> {
    if (this.rung > position || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = () => {
        this.waiters.delete(check);
        clearTimeout(timer);
        signal.removeEventListener('abort', finish);
        resolve();
      };
      const check = () => {
        if (this.rung > position) finish();
      };
      const timer = setTimeout(finish, ms);
      signal.addEventListener('abort', finish);
      this.waiters.add(check);
    });
  }
}
