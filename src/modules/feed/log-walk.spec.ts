import { LogWalk, eventFilter } from './log-walk.js';

const EVERYTHING = eventFilter({});
const page = (events: number, nextAfter: number, head: number) => ({
  text: new Uint8Array(),
  events,
  nextAfter,
  head,
});

describe('a walk along the log', () => {
  it('begins after a position and goes on behind each page', () => {
    const walk = new LogWalk(EVERYTHING, 5);
    expect(walk.next()).toMatchObject({ after: 5 });
    expect(walk.advance(page(16, 21, 100))).toBe(true);
    expect(walk.next()).toMatchObject({ after: 21 });
    expect(walk.advance(page(79, 100, 100))).toBe(false);
    expect(walk.after).toBe(100);
  });

  it('does not go back when it begins behind the end of the log', () => {
    const walk = new LogWalk(EVERYTHING, 500);
    expect(walk.advance(page(0, 100, 100))).toBe(false);
    expect(walk.after).toBe(500);
  });

  it('takes larger pages while they are full, smaller ones where events are large, the first size at the end', () => {
    const walk = new LogWalk(EVERYTHING, 0);
    const sizes: number[] = [];
    for (let i = 0; i < 6; i++) {
      const { limit } = walk.next();
      sizes.push(limit);
      walk.advance(page(limit, walk.after + limit, 1e6));
    }
    expect(sizes).toEqual([16, 32, 64, 128, 256, 256]);
    walk.advance(page(3, walk.after + 3, 1e6));
    expect(walk.next().limit).toBe(3);
    walk.advance(page(1, 1e6, 1e6));
    expect(walk.next().limit).toBe(16);
  });

  it('bounds the stretch of a page, but not where the index of a user leads over it', () => {
    expect(new LogWalk(eventFilter({ types: ['turn.recorded'] }), 7).next().upTo).toBe(20_007);
    expect(new LogWalk(eventFilter({ userId: 'ada' }), 7).next().upTo).toBeUndefined();
    expect(new LogWalk(eventFilter({ userId: 'ada' }), 7).next({ upTo: 50 }).upTo).toBe(50);
    expect(new LogWalk(EVERYTHING, 7).next({ upTo: 50, limit: 2 })).toMatchObject({ upTo: 50, limit: 2 });
  });

  it('keeps its size over a stretch in which little matches', () => {
    const walk = new LogWalk(eventFilter({ types: ['turn.recorded'] }), 0);
    walk.advance(page(2, 20_000, 1e6));
    expect(walk.next().limit).toBe(16);
  });
});
