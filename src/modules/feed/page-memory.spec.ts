import { MAX_JSON_PAGE_BYTES, PageMemory } from './page-memory.js';

const MEGABYTE = 1024 * 1024;
const PART = 256 * 1024;

/** Takes parts until the page must end; returns their bytes. */
function fill(lease: ReturnType<PageMemory['lease']>): number {
  let bytes = 0;
  while (lease.take(PART)) bytes += PART;
  return bytes;
}

describe('the memory of JSON pages', () => {
  it('lets a page grow to 8 MiB', () => {
    expect(fill(new PageMemory().lease())).toBe(MAX_JSON_PAGE_BYTES);
    expect(MAX_JSON_PAGE_BYTES).toBe(8 * MEGABYTE);
  });

  it('always gives one part, however large', () => {
    const lease = new PageMemory().lease();
    expect(lease.take(9 * MEGABYTE)).toBe(true);
    expect(lease.take(1)).toBe(false);
  });

  it('ends pages after one part while others hold 64 MiB, and lets them grow again afterwards', () => {
    const memory = new PageMemory();
    const full = Array.from({ length: 8 }, () => memory.lease());
    for (const lease of full) expect(fill(lease)).toBe(MAX_JSON_PAGE_BYTES);
    const small = Array.from({ length: 100 }, () => memory.lease());
    expect(small.map(fill)).toEqual(small.map(() => PART));
    for (const lease of small) lease.release();
    full[0]?.release();
    full[0]?.release();
    expect(fill(memory.lease())).toBe(MAX_JSON_PAGE_BYTES);
    expect(fill(memory.lease())).toBe(PART);
  });
});
