import type { Command } from './commands.js';
import { batchesOf } from './player.js';

const memory = (n: number, content: string): Command => ({
  command: 'FormMemory',
  userId: 'u',
  idempotencyKey: String(n),
  memoryId: String(n),
  type: 'fact',
  content,
  occurredAt: '2026-03-01T10:00:00Z',
});

describe('batchesOf', () => {
  it('puts at most 200 commands into a request and keeps their order', () => {
    const commands = Array.from({ length: 450 }, (_, n) => memory(n, 'short'));
    const batches = batchesOf(commands);
    expect(batches.map((batch) => batch.length)).toEqual([200, 200, 50]);
    expect(batches.flat()).toEqual(commands);
  });

  it('begins a new request before one grows too large', () => {
    const batches = batchesOf(Array.from({ length: 100 }, (_, n) => memory(n, 'x'.repeat(8000))));
    expect(Math.max(...batches.map((batch) => JSON.stringify(batch).length))).toBeLessThan(500_000);
    expect(batches.flat()).toHaveLength(100);
  });
});
