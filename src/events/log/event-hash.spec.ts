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
  it('is the SHA-256 of the previous hash, the envelope in a fixed order, and the stored data', () => {
    const { data, ...envelope } = event;
    const text = `${JSON.stringify([GENESIS, ...Object.values(envelope)])}\n${data}`;
    expect(chainHash(GENESIS, event)).toBe(createHash('sha256').update(text).digest('hex'));
  });

  it('is chained to 64 zeros for the first event', () => {
    expect(GENESIS).toMatch(/^0{64}$/);
    expect(chainHash(GENESIS, event)).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each(
    Object.entries(event).map(([field, value]) => [
      field,
      typeof value === 'number' ? value + 1 : `${value}x`,
    ]),
  )('changes with the %s', (field, changed) => {
    expect(chainHash(GENESIS, { ...event, [field]: changed })).not.toBe(chainHash(GENESIS, event));
  });

  it('covers a stream id in the spelling of older releases, so that their events verify', () => {
    const before = { ...event, streamId: 'memory:m' };
    expect(chainHash(GENESIS, { ...event, streamId: 'memory:user-1/m' })).toBe(chainHash(GENESIS, before));
    expect(chainHash(GENESIS, { ...event, streamId: 'memory:user-2/m' })).not.toBe(
      chainHash(GENESIS, before),
    );
  });

  it('changes when there is no causation id', () => {
    expect(chainHash(GENESIS, { ...event, causationId: null })).not.toBe(chainHash(GENESIS, event));
  });

  it('changes with the previous event', () => {
    const before = chainHash(GENESIS, { ...event, position: 6 });
    expect(chainHash(before, event)).not.toBe(chainHash(GENESIS, event));
  });

  it('changes when text moves from one field to the next', () => {
    const moved = { ...event, userId: 'user-1","profile:user-1', streamId: '' };
    expect(chainHash(GENESIS, moved)).not.toBe(chainHash(GENESIS, { ...event, userId: 'user-1' }));
    expect(chainHash(GENESIS, { ...event, actor: 'api"]\n', data: '' })).not.toBe(
      chainHash(GENESIS, { ...event, actor: 'api', data: '' }),
    );
  });

  it('is the same for data stored as text and as bytes', () => {
    const data = '{"name":"Zoë 🙂"}';
    expect(chainHash(GENESIS, { ...event, data: Buffer.from(data) })).toBe(
      chainHash(GENESIS, { ...event, data }),
    );
  });

  it('covers stored bytes that are not valid text', () => {
    const bytes = new Uint8Array([0, 255, 10, 1]);
    expect(chainHash(GENESIS, { ...event, data: bytes })).not.toBe(
      chainHash(GENESIS, { ...event, data: new Uint8Array([0, 254, 10, 1]) }),
    );
  });
});
