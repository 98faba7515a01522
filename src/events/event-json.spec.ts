import * as fc from 'fast-check';
import { eventAnswer } from '../../test/support/event-answer.js';
import { formed } from '../../test/support/happened.js';
import { NOW, Recorder } from '../../test/support/recorder.js';
import { storedFixtures } from '../../test/support/stored-events.js';
import { EventJson } from './event-json.js';
import { jsonCodec } from './log/event-codec.js';
import { EventDecoder } from './log/event-decoder.js';
import type { StoredEvent } from './log/event-log.js';

const DECODER = new EventDecoder();
const json = new EventJson(DECODER);

/** Any UTF-16: quotes, control characters, halves of surrogate pairs. */
const text = fc.oneof(fc.string(), fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map(charOf) }));
/** Few times beside any, so that times repeat. */
const time = fc.oneof(fc.constantFrom(0, -1, NOW), fc.integer({ min: -8.64e15, max: 8.64e15 }));
const envelope = fc.record({
  position: fc.nat(),
  eventId: fc.uuid(),
  streamId: text,
  version: fc.nat(),
  userId: text,
  occurredAt: time,
  recordedAt: time,
  commandId: fc.uuid(),
  correlationId: text,
  causationId: fc.option(fc.uuid()),
  actor: text,
});
const STORED = storedFixtures().map(({ stored }) => stored);
const content = text.filter((some) => some.length > 0);
const memory: fc.Arbitrary<StoredEvent> = content.map((some) => {
  const event = new Recorder().record(formed({ content: some }));
  return { ...event, data: jsonCodec.encode(event.data, event.userId), streamKey: 1, hash: '' };
});
const event = fc
  .tuple(fc.oneof(fc.constantFrom(...STORED), memory), envelope)
  .map(([stored, drawn]): StoredEvent => ({ ...stored, ...drawn }));

function charOf(code: number): string {
  return String.fromCharCode(code);
}

describe('the JSON text of an event', () => {
  it('has exactly the fields of the contract, with times in UTC', () => {
    const recorded = new Recorder().record(formed({}, { occurredAt: -1, utcOffset: 330 }));
    const data = jsonCodec.encode(recorded.data, recorded.userId);
    expect(JSON.parse(json.write({ ...recorded, data, streamKey: 1, hash: '' }))).toEqual({
      position: 1,
      eventId: recorded.eventId,
      streamId: 'memory:user-1/memory-1',
      version: 1,
      type: 'memory.formed',
      schemaVersion: 1,
      userId: 'user-1',
      occurredAt: '1969-12-31T23:59:59.999Z',
      recordedAt: new Date(NOW).toISOString(),
      commandId: recorded.commandId,
      correlationId: recorded.correlationId,
      causationId: null,
      actor: 'test',
      data: recorded.data,
    });
  });

  it('is byte for byte what JSON makes of the answer, whatever the event', () => {
    fc.assert(
      fc.property(event, (stored) => {
        expect(json.write(stored)).toBe(JSON.stringify(eventAnswer(DECODER.decode(stored))));
      }),
      { numRuns: 500 },
    );
  });

  it('spells data in the usual way, however it is stored', () => {
    for (const stored of STORED) {
      const data = JSON.stringify(JSON.parse(String(stored.data)), null, '\r\n');
      expect(json.write({ ...stored, data })).toBe(json.write(stored));
      expect(json.write({ ...stored, data: Buffer.from(data) })).toBe(json.write(stored));
    }
  });

  it('says so when the data was erased', () => {
    const erased = JSON.parse(json.write({ ...STORED[0]!, data: '' })) as object;
    expect(erased).toMatchObject({ eventId: STORED[0]!.eventId, data: null, erased: true });
    expect(JSON.parse(json.write(STORED[0]!))).not.toHaveProperty('erased');
  });

  it.each(['{"memoryId":"m1"', '{}', 'null'])('is refused for damaged data: %s', (data) => {
    expect(() => json.write({ ...STORED[0]!, position: 41, data })).toThrow(/position 41/);
  });
});
