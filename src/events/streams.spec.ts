import * as fc from 'fast-check';
import { ID_PATTERN } from '../validation/fields.js';
import {
  conversationStream,
  currentSpelling,
  emotionStream,
  firstSpelling,
  memoryStream,
  profileStream,
  recallStream,
} from './streams.js';

/** The memory or session of a drawn stream; the other kinds of streams have none. */
const part = ([kind, , of]: [number, string, string]): string => (kind < 2 ? of : '');

const id = fc.stringMatching(ID_PATTERN);

describe('a stream id', () => {
  it('has the user in it, divided from the rest by a character that no id has', () => {
    expect(memoryStream('a:b', 'm')).toBe('memory:a:b/m');
    expect(conversationStream('a:b', 'c')).toBe('conversation:a:b/c');
  });

  it('names one stream: other users, sessions or memories never have the same', () => {
    const kinds = [
      memoryStream,
      conversationStream,
      (user: string) => profileStream(user),
      (user: string) => emotionStream(user),
      (user: string) => recallStream(user),
    ];
    const streams = fc.tuple(fc.nat({ max: kinds.length - 1 }), id, id);
    fc.assert(
      fc.property(streams, streams, (one, other) => {
        const same = one[0] === other[0] && one[1] === other[1] && part(one) === part(other);
        const ids = [one, other].map(([kind, user, of]) => kinds[kind]?.(user, of));
        return (ids[0] === ids[1]) === same;
      }),
    );
    expect(conversationStream('a:b', 'c')).not.toBe(conversationStream('a', 'b:c'));
  });

  it('has the first spelling that older releases stored, and comes back from it', () => {
    expect(firstSpelling('a:b', 'memory:a:b/m:1')).toBe('memory:m:1');
    expect(firstSpelling('a:b', 'conversation:a:b/c')).toBe('conversation:a:b:c');
    fc.assert(
      fc.property(id, id, (user, of) =>
        [memoryStream(user, of), conversationStream(user, of), profileStream(user)].every(
          (stream) => currentSpelling(user, firstSpelling(user, stream)) === stream,
        ),
      ),
    );
  });

  it('keeps its spelling when it is another stream, or names another user', () => {
    for (const other of ['profile:a', 'memory:b/m', 'conversation:b/c', 'conversation:a/b', 'memory:']) {
      expect(firstSpelling('ab', other)).toBe(other);
    }
    expect(currentSpelling('a', 'conversation:b:c')).toBe('conversation:b:c');
    expect(currentSpelling('a', 'memory:a/m')).toBe('memory:a/m');
    expect(currentSpelling('a', 'profile:a')).toBe('profile:a');
  });
});
