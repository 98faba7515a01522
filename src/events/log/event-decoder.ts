import { type EventPlace, PoisonEvent } from '../../errors.js';
import { EventCatalog, type StoreEvent } from '../event-catalog.js';
import type { FoldEvent } from '../event.js';
import { jsonCodec, type EventCodec } from './event-codec.js';
import type { ScannedEvent, StoredEvent } from './event-log.js';

/** Decodes stored events to the newest schema version. Throws PoisonEvent, with position and stream. */
export class EventDecoder {
  constructor(
    private readonly catalog = new EventCatalog(),
    private readonly codec: EventCodec = jsonCodec,
  ) {}

  decode({ streamKey: _key, hash: _hash, data: stored, ...envelope }: StoredEvent): StoreEvent {
    const data = this.catalog.decode(envelope, this.read(envelope, stored));
    return { ...envelope, schemaVersion: this.catalog.version(envelope.type), data } as StoreEvent;
  }

  /** Decodes an event that was read for folds. */
  decodeScanned(stored: ScannedEvent): FoldEvent {
    const { position, userId, streamId, version, type, occurredAt, utcOffset, recordedAt } = stored;
    const data = this.catalog.decode(stored, this.read(stored, stored.data));
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
