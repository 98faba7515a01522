import { EventCatalog, type StoreEvent } from '../../src/events/event-catalog.js';
import type { NewEvent } from '../../src/writer/write-command.js';
import { START } from './builders.js';

/** The default user of an event. */
export const USER = 'user-1';

/** The clock of every decision, ms UTC. */
export const NOW = Date.parse(START);

/** An event as a test writes it; by default it belongs to USER and is recorded at NOW. */
export type Happened = NewEvent & { userId?: string; recordedAt?: number };

/** A log without a database: it assigns positions and stream versions to events and checks their data. */
export class Recorder {
  private readonly catalog = new EventCatalog();
  private readonly versions = new Map<string, number>();
  private position = 0;

  record({ userId = USER, recordedAt = NOW, streamId, type, data, ...when }: Happened): StoreEvent {
    this.position += 1;
    const version = this.version(userId, streamId) + 1;
    this.versions.set(`${userId} ${streamId}`, version);
    return {
      position: this.position,
      eventId: fixedId(this.position),
      streamId,
      version,
      type,
      schemaVersion: this.catalog.check(type, data),
      userId,
      occurredAt: when.occurredAt ?? recordedAt,
      utcOffset: when.utcOffset ?? 0,
      recordedAt,
      commandId: fixedId(0),
      correlationId: fixedId(0),
      causationId: null,
      actor: 'test',
      data,
    } as StoreEvent;
  }

  /** Version of the user's stream; 0 when it has no events. */
  version(userId: string, streamId: string): number {
    return this.versions.get(`${userId} ${streamId}`) ?? 0;
  }
}

function fixedId(number: number): string {
  return `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;
}
