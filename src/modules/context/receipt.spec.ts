import * as fc from 'fast-check';
import { InvalidInput } from '../../errors.js';
import { CONTEXT_FORMATS } from './context-format.js';
import { readReceiptId, receiptIdOf, type ReceiptContent } from './receipt.js';

const CONTENT: ReceiptContent = {
  store: '01a22c43',
  userId: 'mira',
  position: 186,
  policyVersion: '0123456789abcdef',
  sha256: 'fedcba9876543210',
  q: 'When did I tell you about my new job?',
  sessionId: 'monday-evening',
  maxTokens: 1_500,
  format: 'json',
  ranking: 2,
};

const content = fc.record({
  store: fc.constant('01a22c43'),
  userId: fc.stringMatching(/^[A-Za-z0-9_:@-][A-Za-z0-9._:@-]{0,127}$/),
  position: fc.nat(),
  policyVersion: fc.stringMatching(/^[0-9a-f]{16}$/),
  sha256: fc.stringMatching(/^[0-9a-f]{16}$/),
  q: fc.string({ unit: 'grapheme', maxLength: 300 }),
  sessionId: fc.option(fc.constantFrom('s1', 's:2')),
  maxTokens: fc.integer({ min: 1, max: 32_000 }),
  format: fc.constantFrom(...CONTEXT_FORMATS),
  ranking: fc.integer({ min: 1, max: 99 }),
});

describe('the id of a receipt', () => {
  it('says all that it was made of', () => {
    fc.assert(fc.property(content, (each) => expect(readReceiptId(receiptIdOf(each))).toEqual(each)));
  });

  it('is of the first ranking if it does not say which', () => {
    const id =
      'c9VUgxnwmxvoM97YzFcs7CoAwEAXAq8irt9jNz3gWsdj8QMEEtBBvL04_K1jUmOwsCOd-KUhiILAY63yY46Ipl9pAaLXkpEucg3fWCIPQ6zMdI_119KIvSDwz4bhHx_YB';
    expect(readReceiptId(id)).toEqual({ ...CONTENT, q: 'new job', sessionId: 'monday', ranking: 1 });
  });

  it('fits into a URL, whatever was asked', () => {
    expect(receiptIdOf(CONTENT).length).toBeLessThan(250);
    const noise = Array.from({ length: 8_000 }, (_, i) => String.fromCodePoint(33 + ((i * i * 7919) % 90)));
    expect(receiptIdOf({ ...CONTENT, q: noise.join('') }).length).toBeLessThan(12_000);
  });

  it('is refused after any change of one character', () => {
    const id = receiptIdOf(CONTENT);
    for (const [i, character] of [...id].entries()) {
      const changed = id.slice(0, i) + (character === 'A' ? 'B' : 'A') + id.slice(i + 1);
      expect(() => readReceiptId(changed)).toThrow(InvalidInput);
    }
  });

  it.each([
    '',
    'c',
    'cAAAA',
    'x'.repeat(5_000),
    `${receiptIdOf(CONTENT)}=`,
    receiptIdOf(CONTENT).slice(0, -1),
    `${receiptIdOf(CONTENT)}AAAA`,
    receiptIdOf({ ...CONTENT, userId: '..' }),
    receiptIdOf({ ...CONTENT, position: -1 }),
    receiptIdOf({ ...CONTENT, q: 'a\ud800' }).replace(/^c/, 'C'),
  ])('is refused if it is %j', (id) => {
    expect(() => readReceiptId(id)).toThrow('must be the receiptId of a context, unchanged');
  });
});
