/** Tells those who follow the log that it has grown. A ring is a hint to look: what is there, only a read knows. */
export class Doorbell {
  private rung = 0;
  private readonly waiting = new Set<() => void>();

  /** The highest position that was rung. */
  get position(): number {
    return this.rung;
  }

  /** Everything up to the position is committed and can be read. */
  ring(position: number): void {
    if (position <= this.rung) return;
    this.rung = position;
    for (const look of this.waiting) look();
  }

  /**
   * Resolves as soon as a position beyond this one is rung, at once if that has happened already; at the latest after
   * `ms` milliseconds, or when the signal aborts.
   */
  beyond(position: number, ms: number, signal: AbortSignal): Promise<void> {
    if (this.rung > position || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const leave = () => {
        this.waiting.delete(look);
        clearTimeout(timer);
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const look = () => {
        if (this.rung > position) leave();
      };
      const timer = setTimeout(leave, ms);
      signal.addEventListener('abort', leave);
      this.waiting.add(look);
    });
  }
}
