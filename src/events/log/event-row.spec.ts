import { GENESIS } from './event-hash.js';
import { headOf, storedEvent, type EventRow } from './event-row.js';

const EVENT_ID = '01987654-3210-7abc-8def-0123456789ab';
const COMMAND_ID = '01987654-3210-7abc-8def-0123456789ac';
const CAUSE_ID = '01987654-3210-7abc-8def-0123456789ad';

const ROW: EventRow = {
  position: 7,
  event_id: EVENT_ID.replaceAll('-', ''),
  user_id: 'ada',
  stream_id: 'memory:größe 🗼',
  stream_key: 3,
  version: 2,
  type: 'memory.forgotten',
  schema_version: 1,
  occurred_at: 1_740_988_800_000,
  utc_offset: -480,
  recorded_at: 1_740_988_800_123,
  command_id: COMMAND_ID.replaceAll('-', ''),
  correlation_id: 'chat turn 7',
  causation_id: CAUSE_ID.replaceAll('-', ''),
  actor: 'api',
  data: '{"memoryId":"größe 🗼","reason":null}',
  hash: '0a'.repeat(32),
  seal: '0b'.repeat(16),
};

describe('the event of a row', () => {
  it('has every column under its own name', () => {
    expect(storedEvent(ROW)).toEqual({
      position: 7,
      eventId: EVENT_ID,
      userId: 'ada',
      streamId: 'memory:größe 🗼',
      streamKey: 3,
      version: 2,
      type: 'memory.forgotten',
      schemaVersion: 1,
      occurredAt: 1_740_988_800_000,
      utcOffset: -480,
      recordedAt: 1_740_988_800_123,
      commandId: COMMAND_ID,
      correlationId: 'chat turn 7',
      causationId: CAUSE_ID,
      actor: 'api',
      data: '{"memoryId":"größe 🗼","reason":null}',
      hash: '0a'.repeat(32),
      seal: '0b'.repeat(16),
    });
  });

  it('is correlated by its command where nothing else was said, and may have no cause', () => {
    const event = storedEvent({ ...ROW, correlation_id: null, causation_id: null });
    expect(event).toMatchObject({ correlationId: COMMAND_ID, causationId: null });
    expect(storedEvent({ ...ROW, causation_id: '' }).causationId).toBe(null);
    expect(storedEvent({ ...ROW, seal: '' }).seal).toBe(null);
  });
});

describe('the head of a log', () => {
  const hash = Buffer.from('0a'.repeat(32), 'hex');

  it('is where its last event is', () => {
    expect(headOf({ position: 7, hash, recorded_at: 8 })).toEqual({
      position: 7,
      hash: '0a'.repeat(32),
      recordedAt: 8,
    });
  });

  it('has its hash from a part of a larger buffer, as drivers give one', () => {
    const larger = Buffer.concat([Buffer.alloc(5), hash, Buffer.alloc(5)]);
    expect(headOf({ position: 7, hash: larger.subarray(5, 37), recorded_at: 8 }).hash).toBe('0a'.repeat(32));
  });

  it('of an empty log is the beginning of every chain', () => {
    expect(headOf(undefined)).toEqual({ position: 0, hash: GENESIS, recordedAt: 0 });
  });
});
