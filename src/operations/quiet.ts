import { setTimeout as sleep } from 'node:timers/promises';

/** How long a thread rests before it looks again, in ms. */
const REST_MS = 200;

/** Has a thread that only helps rest for as long as commands are written: whoever serves needs the processor more. */
export class Quiet {
  private seen: number;

  /** `commandsBegun` is another number whenever commands have been written. */
  constructor(
    private readonly commandsBegun: () => number,
    private readonly rest: () => Promise<unknown> = () => sleep(REST_MS),
  ) {
    this.seen = commandsBegun();
  }

  /** Resolves once no command was written since the last look, or when the work is over without this thread. */
  async wait(isOver: () => boolean): Promise<void> {
    while (this.seen !== this.commandsBegun() && !isOver()) {
      this.seen = this.commandsBegun();
      await this.rest();
    }
  }
}
