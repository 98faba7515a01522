import * as fc from 'fast-check';
import { given } from '../../../test/support/given.js';
import { forgotten, formed, registered, revised } from '../../../test/support/happened.js';
import { NOW, USER } from '../../../test/support/recorder.js';
import { Unavailable } from '../../errors.js';
import { MAX_LINKS } from '../../events/memory/memory-formed.event.js';
import type { WriteState } from '../../writer/write-command.js';
import { MAX_PINNED } from './check-life.js';
import type { FormMemoryBody } from './commands/form-memory.command.js';
import type { ReviseMemoryBody } from './commands/revise-memory.command.js';
import { loadLanguageDetector } from './detect-language.js';
import { confirmed } from './find-duplicate.js';
import { forgetMemories, formMemory, reviseMemory } from './memory.decider.js';

beforeAll(loadLanguageDetector);

const DAY = 86_400_000;
const iso = (at: number) => new Date(at).toISOString();
const content = 'Her sailing boat is called Marlin.';

const form =
  (input: Partial<FormMemoryBody> & { isGenerated?: boolean } = {}) =>
  (state: WriteState) =>
    formMemory(state, USER, { type: 'fact', content, memoryId: 'new', isGenerated: true, ...input });
const revise = (memoryId: string, fields: ReviseMemoryBody) => (state: WriteState) =>
  reviseMemory(state, USER, { memoryId, ...fields });

const forgetBoth = (includePinned?: boolean) => (state: WriteState) =>
  forgetMemories(state, USER, {
    memoryIds: ['memory-1', 'b'],
    ...(includePinned !== undefined && { includePinned }),
  });

/** The type of the event that the command appends after these. */
const typeAfter = (happened: Parameters<typeof given>, input: Parameters<typeof form>[0]) => {
  let type: string | undefined;
  given(...happened).when((state) => {
    const decision = form(input)(state);
    type = decision.events.at(-1)?.type;
    return decision;
  });
  return type;
};

describe('forming a memory that says the same again', () => {
  const known = [registered(), formed({ confidence: 0.8, metadata: { n: 1 } })];

  it('confirms the one that says so, which is as sure as two hints', () => {
    given(...known)
      .when(form({ content: 'her sailing boat is called MARLIN', confidence: 0.5, metadata: { n: 1 } }))
      .thenEvents({
        streamId: 'memory:user-1/memory-1',
        type: 'memory.confirmed',
        data: {
          memoryId: 'memory-1',
          content: 'her sailing boat is called MARLIN',
          context: null,
          confidence: { from: 0.8, to: 0.9 },
          metadata: { n: 1 },
        },
      })
      .thenAnswers(201, {
        memoryId: 'memory-1',
        duplicateOf: 'memory-1',
        confidence: 0.9,
        position: 3,
        version: 2,
      });
  });

  it.each([
    ['another type', { type: 'pattern' as const }],
    ['another context', { context: 'At sea.' }],
    ['other metadata', { metadata: { n: 2 } }],
    ['a pin', { pinned: true }],
    ['an expiry', { expiresAt: iso(NOW + DAY) }],
    ['links', { contradicts: ['memory-1'] }],
    ['allowDuplicate: true', { allowDuplicate: true }],
    ['an id of its own', { isGenerated: false }],
    ['recalls of another program', { recalled: { count: 2 } }],
    ['a time of more than a day ago', { occurredAt: iso(NOW - DAY - 1) }],
  ])('forms a second one with %s', (_what, input) => {
    expect(typeAfter(known, input)).toMatch(/^memory\.(formed|recalls-imported)$/);
  });

  it.each([
    ['at the time of its turn', { occurredAt: iso(NOW - DAY) }],
    ['with other metadata and allowDuplicate: false', { metadata: { n: 2 }, allowDuplicate: false }],
    ['with an id of its own and allowDuplicate: false', { isGenerated: false, allowDuplicate: false }],
    ['of long ago and with allowDuplicate: false', { occurredAt: iso(NOW - 9 * DAY), allowDuplicate: false }],
  ])('confirms it %s', (_what, input) => {
    expect(typeAfter(known, input)).toBe('memory.confirmed');
  });

  it.each([
    ['is forgotten', [formed(), forgotten('memory-1')]],
    ['has expired', [formed({ expiresAt: iso(NOW) })]],
    ['is superseded', [formed(), formed({ memoryId: 'b', content: 'Other.', supersedes: ['memory-1'] })]],
    ['says something else now', [formed(), revised('memory-1', { content: { from: content, to: 'No.' } })]],
    ['is of another user', [formed({}, { userId: 'user-2' })]],
  ])('forms a second one if the other %s', (_what, happened) => {
    expect(typeAfter([registered(), ...happened], {})).toBe('memory.formed');
  });

  it('forms a second one while the rows of memories cannot be read', () => {
    given(...known).when((state) => {
      const rows: WriteState['rows'] = {
        get: (table, ...key) => {
          if (table.name.startsWith('memor')) throw Unavailable.projection('memory-index');
          return state.rows.get(table, ...key);
        },
      };
      const decision = form()({ ...state, rows });
      expect(decision.events.map(({ type }) => type)).toEqual(['memory.formed']);
      return decision;
    });
  });

  it('never makes it less sure, nor certain', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, (before, said) => {
        const after = confirmed(before, said);
        expect(after).toBeGreaterThanOrEqual(before);
        expect(after).toBeLessThanOrEqual(Math.max(before, 0.99));
      }),
    );
  });
});

describe('an expiry', () => {
  it('is recorded in UTC', () => {
    given(registered(), formed())
      .when(revise('memory-1', { expiresAt: '2099-01-01T01:00:00+01:00' }))
      .thenEvents({
        streamId: 'memory:user-1/memory-1',
        type: 'memory.revised',
        data: {
          memoryId: 'memory-1',
          changes: { expiresAt: { from: null, to: '2099-01-01T00:00:00.000Z' } },
        },
      });
  });

  const past = [
    { path: 'expiresAt', message: 'must be in the future; to be rid of a memory now, forget it' },
  ];

  it('is refused unless it is in the future', () => {
    given(registered())
      .when(form({ expiresAt: iso(NOW) }))
      .thenFails('request.invalid', past);
    given(registered(), formed())
      .when(revise('memory-1', { expiresAt: iso(NOW - 1) }))
      .thenFails('request.invalid', past);
  });

  it('that has passed may be sent again, and changes nothing', () => {
    given(registered(), formed({ expiresAt: iso(NOW - 1) }))
      .when(revise('memory-1', { expiresAt: iso(NOW - 1) }))
      .thenEvents();
  });
});

describe('a pin', () => {
  it('is refused beyond the most that a user may have, but not for one that is pinned', () => {
    const pins = Array.from({ length: MAX_PINNED }, (_, i) =>
      formed({ memoryId: `p${i}`, content: `Pin ${i}.`, pinned: true }),
    );
    given(registered(), ...pins)
      .when(form({ pinned: true }))
      .thenFails('memory.too-many-pinned');
    given(registered(), ...pins, formed())
      .when(revise('memory-1', { pinned: true }))
      .thenFails('memory.too-many-pinned');
    given(registered(), ...pins)
      .when(revise('p0', { pinned: true }))
      .thenEvents();
  });

  it('keeps a memory from being forgotten with others', () => {
    const both = [registered(), formed(), formed({ memoryId: 'b', content: 'Other.', pinned: true })];
    given(...both)
      .when(forgetBoth())
      .thenFails('memory.pinned');
    given(...both)
      .when(forgetBoth(true))
      .thenAnswers(200, { memoryIds: ['memory-1', 'b'], position: 5 });
  });
});

describe('a link', () => {
  const chain = [
    registered(),
    formed({ memoryId: 'a', content: 'A.' }),
    formed({ memoryId: 'b', content: 'B.', supersedes: ['a'] }),
    formed({ memoryId: 'c', content: 'C.', supersedes: ['b'] }),
  ];

  it('is refused to unknown memories, naming each, and to the memory itself', () => {
    given(...chain)
      .when(form({ supersedes: ['x', 'c', 'y'] }))
      .thenFails('memory.not-found', [
        { path: 'supersedes.0', message: 'x' },
        { path: 'supersedes.2', message: 'y' },
      ]);
    given(...chain)
      .when(revise('a', { contradicts: ['a'] }))
      .thenFails('request.invalid', [{ path: 'contradicts', message: 'must not name the memory itself' }]);
  });

  it('is refused to a memory of another user', () => {
    given(registered(), formed({ memoryId: 'theirs' }, { userId: 'user-2' }))
      .when(form({ supersedes: ['theirs'] }))
      .thenFails('memory.not-found');
  });

  it.each([
    ['a', 'c'],
    ['a', 'b'],
    ['b', 'c'],
  ])('is refused in a circle: %s in place of %s', (memoryId, other) => {
    const open = other === 'c' ? chain : chain.slice(0, 3);
    given(...open)
      .when(revise(memoryId, { supersedes: [other] }))
      .thenFails('memory.link-refused');
  });

  it('may extend a chain at either end', () => {
    const old = formed({ memoryId: 'old', content: 'Old.' });
    given(...chain, old)
      .when(revise('a', { supersedes: ['old'] }))
      .thenAnswers(200, { memoryId: 'a', position: 6, version: 2 });
    given(...chain)
      .when(form({ supersedes: ['c'] }))
      .thenAnswers(201, { memoryId: 'new', position: 5, version: 1 });
  });

  it('is refused to a memory that has a successor', () => {
    given(...chain)
      .when(form({ supersedes: ['a'] }))
      .thenFails('memory.link-refused');
  });

  it('is followed up to a bound, beyond which it is refused', () => {
    const long = Array.from({ length: 103 }, (_, i) =>
      formed({ memoryId: `m${i}`, content: `Number ${i}.`, ...(i > 0 && { supersedes: [`m${i - 1}`] }) }),
    );
    const other = formed({ memoryId: 'other', content: 'Other.' });
    given(registered(), ...long, other)
      .when(revise('m1', { supersedes: ['m0', 'other'] }))
      .thenFails('memory.link-refused');
    given(registered(), ...long, other)
      .when(revise('m3', { supersedes: ['m2', 'other'] }))
      .thenAnswers(200, { memoryId: 'm3', position: 106, version: 2 });
  });

  it('is refused to a memory that has as many contradictions as may be', () => {
    const all = Array.from({ length: MAX_LINKS }, (_, i) =>
      formed({ memoryId: `m${i}`, content: `Number ${i}.`, contradicts: ['memory-1'] }),
    );
    given(registered(), formed(), ...all)
      .when(form({ content: 'New.', contradicts: ['memory-1'] }))
      .thenFails('memory.link-refused');
    given(registered(), formed(), ...all)
      .when(revise('m0', { contradicts: ['memory-1'] }))
      .thenEvents();
  });

  it('that is there, in another order or twice, changes nothing', () => {
    const two = formed({ memoryId: 'd', content: 'D.', contradicts: ['a', 'b'] });
    given(...chain, two)
      .when(revise('d', { contradicts: ['b', 'a', 'b'] }))
      .thenEvents();
  });
});
