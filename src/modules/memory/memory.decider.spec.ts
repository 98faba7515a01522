import { given } from '../../../test/support/given.js';
import {
  forgotten,
  formed,
  withUtcOffset,
  recalled,
  registered,
  revised,
} from '../../../test/support/happened.js';
import { NOW, USER, type Happened } from '../../../test/support/recorder.js';
import type { MemoryFormed } from '../../events/memory/memory-formed.event.js';
import type { MemoryRevised } from '../../events/memory/memory-revised.event.js';
import type { WriteState } from '../../writer/write-command.js';
import type { FormMemoryBody } from './commands/form-memory.command.js';
import type { ReviseMemoryBody } from './commands/revise-memory.command.js';
import { loadLanguageDetector } from './detect-language.js';
import { memoryExists, memoryForgotten } from './memory-errors.js';
import { forgetMemory, formMemory, recallMemories, reviseMemory } from './memory.decider.js';

const DAY = 86_400_000;

beforeAll(loadLanguageDetector);

const boat = { type: 'fact', content: 'Her boat is called Marlin.' } as const;

const form =
  (input: Partial<FormMemoryBody> & { memoryId?: string } = {}) =>
  (state: WriteState) =>
    formMemory(state, USER, { ...boat, memoryId: 'memory-1', ...input });
const revise = (memoryId: string, fields: ReviseMemoryBody) => (state: WriteState) =>
  reviseMemory(state, USER, { memoryId, ...fields });
const forget = (memoryId: string, reason?: string) => (state: WriteState) =>
  forgetMemory(state, USER, reason === undefined ? { memoryId } : { memoryId, reason });
const recall = (memoryIds: string[]) => (state: WriteState) => recallMemories(state, USER, { memoryIds });

const formedEvent = (fields: object) => ({
  streamId: 'memory:user-1/memory-1',
  type: 'memory.formed' as const,
  data: {
    memoryId: 'memory-1',
    ...boat,
    context: null,
    confidence: 0.8,
    importance: 0.5,
    metadata: {},
    language: 'en',
    ...fields,
  },
});

describe('forming a memory', () => {
  it('records the recalls that another program has counted, beside it', () => {
    given(registered())
      .when(form({ recalled: { count: 7, lastAt: '2025-03-01T12:00:00+01:00' } }))
      .thenEvents(formedEvent({}), {
        streamId: 'recall:user-1',
        type: 'memory.recalls-imported',
        data: { memoryId: 'memory-1', count: 7 },
        occurredAt: Date.parse('2025-03-01T11:00:00Z'),
        utcOffset: 60,
      })
      .thenAnswers(201, { memoryId: 'memory-1', position: 3, version: 1 });
  });

  it('registers an unknown user and fills in defaults', () => {
    given()
      .when(form())
      .thenEvents({ streamId: 'profile:user-1', type: 'user.registered', data: {} }, formedEvent({}))
      .thenAnswers(201, { memoryId: 'memory-1', position: 2, version: 1 });
  });

  it('stores the given fields, and does not register a user twice', () => {
    const fields = { context: 'At dinner.', confidence: 0, importance: 1, metadata: { source: 'chat' } };
    given(registered())
      .when(form(fields))
      .thenEvents(formedEvent(fields))
      .thenAnswers(201, { memoryId: 'memory-1', position: 2, version: 1 });
  });

  it('uses the time of the client and the offset of the user', () => {
    given(...withUtcOffset(330))
      .when(form({ occurredAt: '2024-12-24T18:00:00+05:30' }))
      .thenEvents({ ...formedEvent({}), occurredAt: Date.UTC(2024, 11, 24, 12, 30), utcOffset: 330 });
  });

  it('is allowed up to one day ahead of the clock', () => {
    const occurredAt = NOW + DAY;
    given(registered())
      .when(form({ occurredAt: new Date(occurredAt).toISOString() }))
      .thenEvents({ ...formedEvent({}), occurredAt });
  });

  it('is refused more than one day ahead of the clock', () => {
    given(registered())
      .when(form({ occurredAt: new Date(NOW + DAY + 1).toISOString() }))
      .thenFails('request.invalid', [
        { path: 'occurredAt', message: 'must not be more than a day in the future' },
      ]);
  });

  it('is refused under an existing id', () => {
    given(registered(), formed()).when(form()).thenFails('memory.already-exists');
  });

  it('is refused under the id of a forgotten memory', () => {
    given(registered(), formed(), forgotten('memory-1')).when(form()).thenFails('memory.already-exists');
  });

  it('is refused with what can be done: revise a memory that exists, take another id for a forgotten one', () => {
    expect(memoryExists('m').message).toContain('revise it');
    expect(memoryForgotten('m').message).toMatch(/was forgotten.*with another id or without one/);
  });

  it('is allowed under an id that another user has used', () => {
    const userId = 'user-2';
    given(registered(), registered({ userId }), formed({}, { userId }))
      .when(form())
      .thenEvents(formedEvent({}));
  });
});

const KATZE = { content: 'Ich habe eine Katze namens Luna' };

const inGerman = (memoryId: string) => formed({ memoryId, language: 'de', ...KATZE });

/** The language that a new memory gets. */
function languageOf(happened: Happened[], input: Partial<FormMemoryBody>): unknown {
  let data: unknown;
  given(registered(), ...happened).when((state) => {
    const decision = form({ memoryId: 'new', ...input })(state);
    data = decision.events.at(-1)?.data;
    return decision;
  });
  return (data as MemoryFormed).language;
}

/** How a revision changes the language of a German memory; `language` is the known one. */
function languageChange(fields: ReviseMemoryBody, language?: string): unknown {
  let data: unknown;
  given(registered(), formed({ ...KATZE, ...(language && { language }) })).when((state) => {
    const decision = revise('memory-1', fields)(state);
    data = decision.events[0]?.data;
    return decision;
  });
  return (data as MemoryRevised).changes['language'];
}

describe('the language of a memory', () => {
  it('is detected, unless the client says it', () => {
    expect(languageOf([], KATZE)).toBe('de');
    expect(languageOf([], { content: 'Моя сестра живёт в Москве' })).toBe('ru');
    expect(languageOf([], { content: '猫のルナを飼っています' })).toBe('ja');
    expect(languageOf([], { ...KATZE, language: 'gsw-CH' })).toBe('gsw-CH');
  });

  it('is the one of most memories when the text does not say', () => {
    const name = { content: 'Luna' };
    expect(languageOf([], name)).toBe(undefined);
    expect(languageOf([inGerman('a')], name)).toBe('de');
    expect(languageOf([inGerman('a'), formed(), formed({ memoryId: 'b' })], name)).toBe('en');
    expect(languageOf([inGerman('a')], { content: 'My sister lives in a small village' })).toBe('en');
  });

  it('of names and loan words in an English text is English', () => {
    for (const content of ['Lives in Berlin', 'Moved to Rio de Janeiro', 'Ordered a latte macchiato'])
      expect([undefined, 'en']).toContain(languageOf([], { content }));
  });

  it('follows a correction of the content, and can be corrected', () => {
    const english = { content: 'I have a cat, and her name is Luna' };
    expect(languageChange(english, 'de')).toEqual({ from: 'de', to: 'en' });
    expect(languageChange({ content: 'Ich habe zwei Katzen' }, 'de-AT')).toBeUndefined();
    expect(languageChange({ content: 'Luna' }, 'de')).toBeUndefined();
    expect(languageChange(english)).toBeUndefined();
    expect(languageChange({ content: 'Ich habe zwei Katzen' })).toEqual({ from: null, to: 'de' });
    expect(languageChange({ language: 'nl' }, 'de')).toEqual({ from: 'de', to: 'nl' });
    expect(languageChange({ ...english, language: 'nl' }, 'de')).toEqual({ from: 'de', to: 'nl' });
    expect(languageChange({ importance: 1 }, 'de')).toBeUndefined();
  });
});

describe('revising a memory', () => {
  it('records only the fields that change, with their former values', () => {
    given(registered(), formed())
      .when(revise('memory-1', { content: 'It is called Merlin.', confidence: 0.9, importance: 0.7 }))
      .thenEvents({
        streamId: 'memory:user-1/memory-1',
        type: 'memory.revised',
        data: {
          memoryId: 'memory-1',
          changes: {
            content: { from: 'Her sailing boat is called Marlin.', to: 'It is called Merlin.' },
            importance: { from: 0.6, to: 0.7 },
          },
        },
      })
      .thenAnswers(200, { memoryId: 'memory-1', position: 3, version: 2 });
  });

  it('can change every field', () => {
    const fields: ReviseMemoryBody = {
      type: 'preference',
      content: 'She prefers rowing.',
      context: 'Said at sea.',
      confidence: 0.1,
      importance: 0.2,
      metadata: { corrected: true },
    };
    given(registered(), formed())
      .when(revise('memory-1', fields))
      .thenEvents({
        streamId: 'memory:user-1/memory-1',
        type: 'memory.revised',
        data: {
          memoryId: 'memory-1',
          changes: {
            type: { from: 'fact', to: 'preference' },
            content: { from: 'Her sailing boat is called Marlin.', to: 'She prefers rowing.' },
            context: { from: null, to: 'Said at sea.' },
            confidence: { from: 0.9, to: 0.1 },
            importance: { from: 0.6, to: 0.2 },
            metadata: { from: {}, to: { corrected: true } },
          },
        },
      });
  });

  it('can remove the context', () => {
    given(registered(), formed({ context: 'Said at sea.' }))
      .when(revise('memory-1', { context: null }))
      .thenEvents({
        streamId: 'memory:user-1/memory-1',
        type: 'memory.revised',
        data: { memoryId: 'memory-1', changes: { context: { from: 'Said at sea.', to: null } } },
      });
  });

  it('compares with the last revision, not with the memory as formed', () => {
    given(registered(), formed(), revised('memory-1', { confidence: { from: 0.9, to: 0.4 } }))
      .when(revise('memory-1', { confidence: 0.9 }))
      .thenEvents({
        streamId: 'memory:user-1/memory-1',
        type: 'memory.revised',
        data: { memoryId: 'memory-1', changes: { confidence: { from: 0.4, to: 0.9 } } },
      });
  });

  it('is recorded with the offset of the user', () => {
    given(...withUtcOffset(-480), formed())
      .when(revise('memory-1', { importance: 1 }))
      .thenEvents({
        streamId: 'memory:user-1/memory-1',
        type: 'memory.revised',
        data: { memoryId: 'memory-1', changes: { importance: { from: 0.6, to: 1 } } },
        utcOffset: -480,
      });
  });

  it.each<[string, ReviseMemoryBody]>([
    ['is empty', {}],
    ['writes zero with another sign', { metadata: { a: null, b: [{ c: 1, d: 2 }], zero: -0 } }],
    ['repeats the present values', { type: 'fact', confidence: 0.9, context: null }],
    ['only reorders the metadata', { metadata: { zero: 0, b: [{ d: 2, c: 1 }], a: null } }],
  ])('writes nothing and returns the old position when it %s', (_, fields) => {
    given(
      registered(),
      formed({ metadata: { a: null, b: [{ c: 1, d: 2 }], zero: 0 } }),
      recalled(['memory-1']),
    )
      .when(revise('memory-1', fields))
      .thenEvents()
      .thenAnswers(200, { memoryId: 'memory-1', position: 2, version: 1 });
  });

  it('is refused for an unknown memory', () => {
    given(registered())
      .when(revise('memory-1', { confidence: 1 }))
      .thenFails('memory.not-found');
  });

  it('is refused for a forgotten memory', () => {
    given(registered(), formed(), forgotten('memory-1'))
      .when(revise('memory-1', { confidence: 1 }))
      .thenFails('memory.not-found');
  });

  it('is refused for a memory of another user', () => {
    const userId = 'user-2';
    given(registered(), registered({ userId }), formed({}, { userId }))
      .when(revise('memory-1', { confidence: 1 }))
      .thenFails('memory.not-found');
  });
});

describe('forgetting a memory', () => {
  it('records a null reason when none is given', () => {
    given(registered(), formed())
      .when(forget('memory-1'))
      .thenEvents({
        streamId: 'memory:user-1/memory-1',
        type: 'memory.forgotten',
        data: { memoryId: 'memory-1', reason: null },
      })
      .thenAnswers(200, { memoryId: 'memory-1', position: 3, version: 2 });
  });

  it('records the reason, with the offset of the user', () => {
    given(...withUtcOffset(60), formed())
      .when(forget('memory-1', 'She asked for it.'))
      .thenEvents({
        streamId: 'memory:user-1/memory-1',
        type: 'memory.forgotten',
        data: { memoryId: 'memory-1', reason: 'She asked for it.' },
        utcOffset: 60,
      });
  });

  it('is refused the second time', () => {
    given(registered(), formed(), forgotten('memory-1'))
      .when(forget('memory-1'))
      .thenFails('memory.not-found');
  });

  it('is refused for an unknown memory, also of an unknown user', () => {
    given(registered()).when(forget('memory-1')).thenFails('memory.not-found');
    given().when(forget('memory-1')).thenFails('memory.not-found');
  });

  it('is refused for a memory of another user', () => {
    const userId = 'user-2';
    given(registered(), registered({ userId }), formed({}, { userId }))
      .when(forget('memory-1'))
      .thenFails('memory.not-found');
  });
});

describe('recalling memories', () => {
  const three = [formed({ memoryId: 'a' }), formed({ memoryId: 'b' }), formed({ memoryId: 'c' })];

  it('records one event with each memory once, in the given order', () => {
    given(...withUtcOffset(330), ...three)
      .when(recall(['c', 'a', 'c']))
      .thenEvents({
        streamId: 'recall:user-1',
        type: 'memory.recalled',
        data: { memoryIds: ['c', 'a'] },
        utcOffset: 330,
      })
      .thenAnswers(201, { position: 6 });
  });

  it('is refused as a whole when some are unknown, and lists each of them once', () => {
    const userId = 'user-2';
    given(
      registered(),
      ...three,
      forgotten('b'),
      registered({ userId }),
      formed({ memoryId: 'z' }, { userId }),
    )
      .when(recall(['a', 'b', 'never', 'z', 'b', 'c']))
      .thenFails('memory.not-found', [
        { path: 'memoryIds.1', message: 'b' },
        { path: 'memoryIds.2', message: 'never' },
        { path: 'memoryIds.3', message: 'z' },
      ]);
  });

  it('is refused for an unknown user', () => {
    given()
      .when(recall(['a']))
      .thenFails('memory.not-found');
  });
});
