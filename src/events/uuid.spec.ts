import { newId } from './uuid.js';

describe('new ids', () => {
  const ids = Array.from({ length: 5_000 }, () => newId());

  it('are UUIDs of version 7', () => {
    for (const id of ids)
      expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });

  it('are unique and sort in the order of their generation', () => {
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.toSorted()).toEqual(ids);
  });

  it('begin with the current time', () => {
    const before = Date.now();
    const made = Number.parseInt(newId().replace('-', '').slice(0, 12), 16);
    expect(made - before).toBeGreaterThanOrEqual(-1_000);
    expect(made - before).toBeLessThan(5_000);
  });
});
