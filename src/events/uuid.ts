import { getRandomValues } from 'node:crypto';
import { V7Generator } from 'uuidv7';

/** Random 32-bit words, drawn in bulk: one system call serves many ids. */
const RANDOM_WORDS = new Uint32Array(1_024);
let next = RANDOM_WORDS.length;

const generator = new V7Generator({
  nextUint32(): number {
    if (next === RANDOM_WORDS.length) {
      getRandomValues(RANDOM_WORDS);
      next = 0;
    }
    return RANDOM_WORDS[next++] as number;
  },
});

/** Returns a new UUID v7 (RFC 9562); ids sort in the order in which a process generates them. */
export function newId(): string {
  return generator.generate().toString();
}

/** Returns the time in a UUID v7, ms since 1970 UTC; undefined for any other id. */
export function timeOfId(id: string): number | undefined {
  const [, high = '', low = ''] =
    /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.exec(id) ?? [];
  return high === '' ? undefined : Number.parseInt(high + low, 16);
}
