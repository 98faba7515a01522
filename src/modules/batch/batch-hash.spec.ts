import { createHash } from 'node:crypto';
import { batchHashes } from './batch-hash.js';

const command = { command: 'FormMemory', userId: 'ada', metadata: { a: 1, b: [1, 2] } };

/** `{a: {a: … 1}}` with the given number of levels. */
function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = { a: value };
  return value;
}

describe('the hash of a batch', () => {
  it('does not depend on the order of the fields, at any depth', () => {
    const reordered = { metadata: { b: [1, 2], a: 1 }, userId: 'ada', command: 'FormMemory' };
    expect(batchHashes([reordered]).hash).toBe(batchHashes([command]).hash);
  });

  it.each([
    ['another value', [{ ...command, userId: 'bob' }]],
    ['another order of a list', [{ ...command, metadata: { a: 1, b: [2, 1] } }]],
    ['another field', [{ ...command, reason: null }]],
    ['another number of commands', [command, command]],
  ])('differs for %s', (_, other) => {
    expect(batchHashes(other).hash).not.toBe(batchHashes([command]).hash);
  });

  it('differs for another order of the commands', () => {
    const other = { command: 'EndSession' };
    expect(batchHashes([command, other]).hash).not.toBe(batchHashes([other, command]).hash);
  });

  it('has beside it the hash of older releases, over the text as it was sent', () => {
    const text = createHash('sha256')
      .update(JSON.stringify([command]))
      .digest('hex');
    expect(batchHashes([command]).formerHash).toBe(text);
  });

  it('exists for what cannot be written as JSON text or is no command at all', () => {
    const { hash, formerHash } = batchHashes([nested(100_000), null, 7, { n: Infinity, s: '\ud83d' }]);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(formerHash).toBeUndefined();
  });
});
