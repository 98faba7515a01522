import { setTimeout as sleep } from 'node:timers/promises';

/** How long a thread rests before it looks again, in ms. */
const REST_MS = 200;

/** Has a thread that only helps rest for as long as events are appended: whoever serves needs the processor more. */
export class Quiet {
  private seen: number;

  /** `appended` is another number whenever events were appended. */
  constructor(
    private readonly appended: () => number,
    private readonly rest: () => Promise<unknown> = () => sleep(REST_MS),
  ) {
    this.seen = appended();
  }

  /** Resolves once no event was appended since the last look, or when the work is over without this thread. */
  async wait(isOver: () => boolean): Promise<void> {
    while (this.seen !== this.appended() && !isOver()) {
      this.seen = this.appended();
      await this.rest();
    }
  }
}
