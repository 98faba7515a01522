import { chainHash, GENESIS } from '../../events/log/event-hash.js';
import { LogLinesCheck } from './read-log-lines.js';

const UUID = '01938f9c-5c00-7000-8000-000000000001';
const HEADER = {
  edgesoul: 'log',
  format: 3,
  scope: 'all',
  after: 0,
  previousHash: GENESIS,
  upTo: 1,
  createdAt: '2026-03-02T08:00:00.000Z',
};
const EVENT = {
  position: 1,
  eventId: UUID,
  streamId: 'profile:ada',
  version: 1,
  type: 'user.registered',
  schemaVersion: 1,
  userId: 'ada',
  occurredAt: 1,
  utcOffset: 0,
  recordedAt: 1,
  commandId: UUID,
  correlationId: 'c',
  causationId: null,
  actor: 'chat',
};
const HASH = chainHash(GENESIS, { ...EVENT, data: '{}' });

/** A file of one event, up to the line that is to be refused. */
function checkWithEvent(): LogLinesCheck {
  const check = new LogLinesCheck();
  check.take(JSON.stringify(HEADER));
  check.take(JSON.stringify({ ...EVENT, data: {}, hash: HASH }));
  return check;
}

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('Nothing was refused.');
}

describe('a refused line', () => {
  it('that is no event is named by its line only, not by the event before it', () => {
    const trailer = { end: true, events: 2, receipts: 0, skips: 0, lastHash: HASH, digest: GENESIS };
    expect(messageOf(() => checkWithEvent().take(JSON.stringify(trailer)))).toMatch(
      /^Line 3: the trailer counts 2 events/,
    );
    const receipt = {
      idempotencyKey: 'k',
      userId: 'ada',
      requestHash: GENESIS,
      status: 201,
      body: '{}',
      position: 9,
      recordedAt: 1,
    };
    expect(messageOf(() => checkWithEvent().take(JSON.stringify({ receipt })))).toMatch(
      /^Line 3: the receipt has position 9/,
    );
  });

  it('that is an event is named by its position too', () => {
    const again = JSON.stringify({ ...EVENT, data: {}, hash: HASH });
    expect(messageOf(() => checkWithEvent().take(again))).toMatch(/^Line 3, the event at position 1: /);
  });
});
