import { type EventPlace, PoisonEvent } from '../../errors.js';
import { EventCatalog, type StoreEvent } from '../event-catalog.js';
import type { FoldEvent } from '../event.js';
import { jsonCodec, type EventCodec } from './event-codec.js';
import type { ScannedEvent, StoredEvent } from './event-log.js';
import { isErased } from './event-seal.js';

/**
 * Decodes stored events to the newest schema version. Throws PoisonEvent, with position and stream. The data
 * of an erased event is null: no fold takes it but those that need only its envelope.
 */
export class EventDecoder {
  constructor(
    private readonly catalog = new EventCatalog(),
    private readonly codec: EventCodec = jsonCodec,
  ) {}

  decode(stored: StoredEvent): StoreEvent {
    const data = this.data(stored);
    const { streamKey: _key, hash: _hash, data: _data, ...envelope } = stored;
    return { ...envelope, schemaVersion: this.version(stored.type), data } as StoreEvent;
  }

  /** Decodes the data alone; null if it was erased. */
  data(stored: StoredEvent): object | null {
    if (isErased(stored)) return null;
    return this.catalog.decode(stored, this.read(stored, stored.data));
  }

  /** Returns the newest schema version of the type. */
  version(type: string): number {
    return this.catalog.version(type);
  }

  /** Decodes an event that was read for folds. */
  decodeScanned(stored: ScannedEvent): FoldEvent {
    const { position, userId, streamId, version, type, occurredAt, utcOffset, recordedAt } = stored;
    const data = isErased(stored) ? null : this.catalog.decode(stored, this.read(stored, stored.data));
    const schemaVersion = this.catalog.version(type);
    return {
      position,
      userId,
      streamId,
      version,
      type,
      schemaVersion,
      occurredAt,
      utcOffset,
      recordedAt,
      data,
    };
  }

  private read(envelope: EventPlace & { userId: string }, stored: StoredEvent['data']): unknown {
    try {
      return this.codec.decode(stored, envelope.userId);
    } catch (cause) {
      throw PoisonEvent.undecodable(envelope, 'its stored data cannot be read', cause);
    }
  }
}
