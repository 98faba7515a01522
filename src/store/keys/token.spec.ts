import crypto from 'node:crypto';
import { jest } from '@jest/globals';

const timingSafeEqual = jest.fn(crypto.timingSafeEqual);
jest.unstable_mockModule('node:crypto', () => ({ ...crypto, timingSafeEqual }));
const { isTokenOf, newKeyId, newToken, tokenHash } = await import('./token.js');

const NOW = 1_000;

describe('a token', () => {
  const keyId = newKeyId();
  const token = newToken(keyId);
  const former = newToken(keyId);
  const wrong = newToken(keyId);
  const key = { hash: tokenHash(token), formerHash: tokenHash(former), formerUntil: NOW + 1 };

  beforeEach(() => timingSafeEqual.mockReset().mockImplementation(crypto.timingSafeEqual));

  it('is that of a key, or the one before for as long as that is valid', () => {
    const valid = (now: number) => [token, former, wrong].map((each) => isTokenOf(key, each, now));
    expect(valid(NOW)).toEqual([true, true, false]);
    expect(valid(NOW + 1)).toEqual([true, false, false]);
    expect(isTokenOf({ ...key, formerHash: null, formerUntil: null }, former, NOW)).toBe(false);
  });

  // What time a comparison takes is Node's promise; that it is this comparison, of digests, is shown here.
  it('is compared as a digest of 32 bytes, by a comparison that takes the same time for each', () => {
    isTokenOf(key, wrong, NOW);
    expect(timingSafeEqual.mock.calls).toEqual([
      [tokenHash(wrong), key.hash],
      [tokenHash(wrong), key.formerHash],
    ]);
    for (const digest of timingSafeEqual.mock.calls.flat()) expect(digest.byteLength).toBe(32);
  });

  it.each([true, false])('is judged by nothing else: %s', (answer) => {
    timingSafeEqual.mockReturnValue(answer);
    for (const each of [token, former, wrong]) expect(isTokenOf(key, each, NOW)).toBe(answer);
  });
});
