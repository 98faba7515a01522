import { resumePosition } from './last-event-id.js';

describe('Last-Event-ID', () => {
  it.each([
    ['0', 0],
    ['17', 17],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('is read as a position: %s', (text, position) => {
    expect(resumePosition(text)).toBe(position);
  });

  it.each([undefined, ''])('may be left out: %j', (text) => {
    expect(resumePosition(text)).toBeUndefined();
  });

  it.each(['-1', '1.5', '1e3', 'first', ' 1', '9007199254740992'])(
    'is refused with an error that names the header: %j',
    (text) => {
      expect(() => resumePosition(text)).toThrow(/^Last-Event-ID: /);
    },
  );
});
