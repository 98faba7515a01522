import { setTimeout as sleep } from 'node:timers/promises';

/** Length of a pause before the next check, in ms. */
const PAUSE_MS = 200;

/** Makes a helper thread pause while events are appended, because the service needs the processor more. */
export class Quiet {
  private lastSeen: number;

  /** `appended` returns a different number whenever events were appended. */
  constructor(
    private readonly appended: () => number,
    private readonly pause: () => Promise<unknown> = () => sleep(PAUSE_MS),
  ) {
    this.lastSeen = appended();
  }

  /** Resolves when nothing was appended since the last check, or other threads have finished the work. */
  async wait(isOver: () => boolean): Promise<void> {
    while (this.lastSeen !== this.appended() && !isOver()) {
      this.lastSeen = this.appended();
      await this.pause();
    }
  }
}
