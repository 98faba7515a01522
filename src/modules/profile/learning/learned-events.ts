import { Injectable } from '@nestjs/common';
import { Reads } from '../../../projections/reads/reads.js';
import { preferenceUnknown } from './unlearn-preference.decider.js';

/** Events that one look into the log reads. */
const PAGE = 500;

interface LearnedEvent {
  position: number;
  eventId: string;
}

/**
 * Finds the events with which a user's preferences were learned: rows know their positions, clients their
 * ids.
 */
@Injectable()
export class LearnedEvents {
  constructor(private readonly reads: Reads) {}

  /** Returns the ids of the events at these positions, by position. */
  async idsAt(userId: string, positions: readonly number[]): Promise<ReadonlyMap<number, string>> {
    if (positions.length === 0) return new Map();
    const last = Math.max(...positions);
    const ids = new Map<number, string>();
    // Between them there may be others that were taken back.
    for (let after = Math.min(...positions) - 1; after < last;) {
      const events = await this.page(userId, after, PAGE);
      for (const { position, eventId } of events) ids.set(position, eventId);
      after = events.at(-1)?.position ?? last;
    }
    return ids;
  }

  /** Returns the position of an event. Throws NotFound if it taught nothing about this user. */
  async positionOf(userId: string, eventId: string): Promise<number> {
    let after = 0;
    for (;;) {
      const events = await this.page(userId, after, PAGE);
      const found = events.find((event) => event.eventId === eventId);
      if (found) return found.position;
      const last = events.at(-1);
      if (!last) throw preferenceUnknown(eventId);
      after = last.position;
    }
  }

  private async page(userId: string, after: number, limit: number): Promise<LearnedEvent[]> {
    const query = { userId, types: ['preference.learned'], after, limit, format: 'json' } as const;
    const found: LearnedEvent[] = [];
    // A page may end early, because it is large.
    for (let next: number = after; found.length < limit;) {
      const page = await this.reads.eventPage({ ...query, after: next, limit: limit - found.length });
      found.push(...(JSON.parse(`[${Buffer.from(page.text).toString()}]`) as LearnedEvent[]));
      if (page.nextAfter >= page.head) break;
      next = page.nextAfter;
    }
    return found;
  }
}
