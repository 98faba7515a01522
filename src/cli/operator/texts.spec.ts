import { progressText } from './texts.js';

describe('the text beside a progress bar', () => {
  it.each([
    [{ done: 0, total: 0, ms: 0 }, ''],
    [{ done: 0, total: 500, ms: 100 }, ''],
    [{ done: 5, total: 500, ms: 0 }, ''],
    [{ done: 5, total: 0, ms: 100 }, ''],
  ])('is empty while nothing can be said: %j', (work, text) => {
    expect(progressText(work, 'events')).toBe(text);
  });

  it('counts events, and tells their rate and the time left', () => {
    expect(progressText({ done: 1_200, total: 6_000, ms: 4_000 }, 'events')).toBe(
      ' | 1,200 of 6,000 events | 300/s | 16 s left',
    );
  });

  it('tells only the time left of work that is not counted in events', () => {
    expect(progressText({ done: 1, total: 1_000, ms: 1_000 })).toBe(' | 17 min left');
    expect(progressText({ done: 1, total: 10_000, ms: 1_000 })).toBe(' | 3 h left');
    expect(progressText({ done: 7, total: 5, ms: 1_000 })).toBe(' | 0 s left');
  });
});
