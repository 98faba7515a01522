import { LogWalk, eventFilter } from './log-walk.js';

const EVERYTHING = eventFilter({});
const page = (events: number, nextAfter: number, head: number) => ({
  text: new Uint8Array(),
  events,
  nextAfter,
  head,
});

describe('a walk along the log', () => {
  it('starts after a position and continues after each page', () => {
    const walk = new LogWalk(EVERYTHING, 5);
    expect(walk.next()).toMatchObject({ after: 5 });
    expect(walk.advance(page(16, 21, 100))).toBe(true);
    expect(walk.next()).toMatchObject({ after: 21 });
    expect(walk.advance(page(79, 100, 100))).toBe(false);
    expect(walk.after).toBe(100);
  });

  it('does not move back when it starts beyond the head', () => {
    const walk = new LogWalk(EVERYTHING, 500);
    expect(walk.advance(page(0, 100, 100))).toBe(false);
    expect(walk.after).toBe(500);
  });

  it('asks for pages of the same size everywhere, so that streams at the same place share them', () => {
    const walk = new LogWalk(EVERYTHING, 0);
    const { limit } = walk.next();
    walk.advance(page(limit, limit, 1e6));
    expect(walk.next().limit).toBe(limit);
    walk.advance(page(3, limit + 3, 1e6));
    expect(walk.next().limit).toBe(limit);
  });

  it('bounds the positions of a page, except with a user filter, which has an index', () => {
    expect(new LogWalk(eventFilter({ types: ['turn.recorded'] }), 7).next().upTo).toBe(20_007);
    expect(new LogWalk(eventFilter({ userId: 'ada' }), 7).next().upTo).toBeUndefined();
    expect(new LogWalk(eventFilter({ userId: 'ada' }), 7).next({ upTo: 50 }).upTo).toBe(50);
    expect(new LogWalk(EVERYTHING, 7).next({ upTo: 50, limit: 2 })).toMatchObject({ upTo: 50, limit: 2 });
  });
});
