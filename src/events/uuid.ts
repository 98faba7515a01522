import { getRandomValues } from 'node:crypto';
import { V7Generator } from 'uuidv7';

/** Random words drawn at once: the operating system is asked a few times a thousand ids, not once an id. */
const POOL = new Uint32Array(1_024);
let next = POOL.length;

const generator = new V7Generator({
  nextUint32(): number {
    if (next === POOL.length) {
      getRandomValues(POOL);
      next = 0;
    }
    return POOL[next++] as number;
  },
});

/** A new UUID v7 (RFC 9562): ids made one after another also sort so. */
export function newId(): string {
  return generator.generate().toString();
}
