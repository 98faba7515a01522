import { oneAhead } from './one-ahead.js';

describe('oneAhead', () => {
  it('yields every item in order, one asked for in advance', async () => {
    const log: string[] = [];
    const source = (async function* () {
      for (const item of [1, 2, 3]) {
        log.push(`made ${item}`);
        yield item;
      }
    })();
    for await (const item of oneAhead(source)) log.push(`took ${item}`);
    expect(log.filter((line) => line.startsWith('took'))).toEqual(['took 1', 'took 2', 'took 3']);
    expect(log.indexOf('made 2')).toBeLessThan(log.indexOf('took 1'));
  });

  it('throws what the source throws, after the items before it', async () => {
    const taken: number[] = [];
    const source = (async function* () {
      yield 1;
      throw new Error('damaged');
    })();
    const taking = async () => {
      for await (const item of oneAhead(source)) taken.push(item);
    };
    await expect(taking()).rejects.toThrow('damaged');
    expect(taken).toEqual([1]);
  });

  it('closes the source when the consumer stops early', async () => {
    let closed = false;
    const source = (async function* () {
      try {
        for (let item = 1; ; item++) yield item;
      } finally {
        closed = true;
      }
    })();
    for await (const item of oneAhead(source)) if (item === 2) break;
    expect(closed).toBe(true);
  });
});
