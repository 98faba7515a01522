import { setTimeout as sleep } from 'node:timers/promises';
import type { WriteTurns } from '../database/sqlite/write-turns.js';

/** How long a thread rests before it looks again, in ms. */
const REST_MS = 200;

/** Has a thread that only helps rest for as long as commands are written: whoever serves needs the processor more. */
export class Quiet {
  private seen: number;

  constructor(
    private readonly turns: Pick<WriteTurns, 'begun'>,
    private readonly rest: () => Promise<unknown> = () => sleep(REST_MS),
  ) {
    this.seen = turns.begun;
  }

  /** Resolves once no command was written since the last look, or when the work is over without this thread. */
  async wait(isOver: () => boolean): Promise<void> {
    while (this.seen !== this.turns.begun && !isOver()) {
      this.seen = this.turns.begun;
      await this.rest();
    }
  }
}
