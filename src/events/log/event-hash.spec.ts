import { createHash } from 'node:crypto';
import { chainHash, GENESIS } from './event-hash.js';

const event = {
  position: 7,
  eventId: '0195c9a0-7b3e-7000-8000-000000000007',
  userId: 'user-1',
  streamId: 'profile:user-1',
  version: 2,
  type: 'profile.changed',
  schemaVersion: 1,
  occurredAt: 1_741_000_000_000,
  utcOffset: 330,
  recordedAt: 1_741_000_000_500,
  commandId: '0195c9a0-7b3e-7000-8000-000000000001',
  correlationId: 'chat-7',
  causationId: '0195c9a0-7b3e-7000-8000-000000000006',
  actor: 'api',
  data: '{"changes":{}}',
};

describe('the hash of an event', () => {
  it('is SHA-256 over the hash before, the envelope in a fixed order, and the stored data', () => {
    const { data, ...envelope } = event;
    const text = `${JSON.stringify([GENESIS, ...Object.values(envelope)])}\n${data}`;
    expect(chainHash(GENESIS, event)).toBe(createHash('sha256').update(text).digest('hex'));
  });

  it('follows 64 zeros for the first event', () => {
    expect(GENESIS).toMatch(/^0{64}$/);
    expect(chainHash(GENESIS, event)).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each(
    Object.entries(event).map(([field, value]) => [
      field,
      typeof value === 'number' ? value + 1 : `${value}x`,
    ]),
  )('is another one when the %s is changed', (field, changed) => {
    expect(chainHash(GENESIS, { ...event, [field]: changed })).not.toBe(chainHash(GENESIS, event));
  });

  it('is another one when there is no cause', () => {
    expect(chainHash(GENESIS, { ...event, causationId: null })).not.toBe(chainHash(GENESIS, event));
  });

  it('is another one when the event before is another one', () => {
    const before = chainHash(GENESIS, { ...event, position: 6 });
    expect(chainHash(before, event)).not.toBe(chainHash(GENESIS, event));
  });

  it('cannot be kept by moving text from one field into the next', () => {
    const moved = { ...event, userId: 'user-1","profile:user-1', streamId: '' };
    expect(chainHash(GENESIS, moved)).not.toBe(chainHash(GENESIS, { ...event, userId: 'user-1' }));
    expect(chainHash(GENESIS, { ...event, actor: 'api"]\n', data: '' })).not.toBe(
      chainHash(GENESIS, { ...event, actor: 'api', data: '' }),
    );
  });

  it('does not depend on whether the same data is stored as text or as bytes', () => {
    const data = '{"name":"Zoë 🙂"}';
    expect(chainHash(GENESIS, { ...event, data: Buffer.from(data) })).toBe(
      chainHash(GENESIS, { ...event, data }),
    );
  });

  it('takes stored bytes as they are, readable or not', () => {
    const bytes = new Uint8Array([0, 255, 10, 1]);
    expect(chainHash(GENESIS, { ...event, data: bytes })).not.toBe(
      chainHash(GENESIS, { ...event, data: new Uint8Array([0, 254, 10, 1]) }),
    );
  });
});
