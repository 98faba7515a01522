import { Injectable } from '@nestjs/common';
import { EVENT_TYPES } from '../../events/event-catalog.js';
import { Reads } from '../../projections/reads/reads.js';

/** Positions that one statement scans. */
const EVENTS_PER_STATEMENT = 250_000;

/** Counts events by type. It counts each event once, because events never change or disappear. */
@Injectable()
export class EventCounts {
  private countedUpTo = 0;
  private readonly byType = new Map(EVENT_TYPES.map(({ type }): [string, number] => [type, 0]));
  private previousCall: Promise<unknown> = Promise.resolve();

  constructor(private readonly reads: Reads) {}

  /** Returns the counts up to the position or beyond. Calls queue, and each continues from the last one. */
  get(position: number): Promise<{ events: number; byType: Record<string, number> }> {
    const turn = this.previousCall.then(() => this.countTo(position));
    this.previousCall = turn.catch(() => undefined);
    return turn;
  }

  private async countTo(position: number): Promise<{ events: number; byType: Record<string, number> }> {
    while (this.countedUpTo < position) {
      const next = Math.min(this.countedUpTo + EVENTS_PER_STATEMENT, position);
      const counts = await this.reads.countEvents(this.countedUpTo, next);
      for (const [type, count] of Object.entries(counts))
        this.byType.set(type, (this.byType.get(type) ?? 0) + count);
      this.countedUpTo = next;
    }
    return { events: this.countedUpTo, byType: Object.fromEntries(this.byType) };
  }
}
