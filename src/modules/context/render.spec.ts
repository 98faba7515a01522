import * as fc from 'fast-check';
import type { ContextFacts } from './context-facts.js';
import { CONTEXT_FORMATS, type ContextFormat } from './context-format.js';
import { POLICY_1 } from './policy/built-in-policy.js';
import { render } from './render.js';
import { sectionsOf } from './sections.js';
import { Tokenizer } from './tokenizer.js';

const DAY = 86_400_000;
const AT = Date.parse('2026-05-07T16:40:00Z');
const tokenizer = await Tokenizer.load();

const PROFILE = {
  userId: 'mira',
  name: 'Mira',
  gender: 'not_set',
  empathyLevel: 75,
  humorLevel: 50,
  formalityLevel: 40,
  verbosityLevel: 60,
  proactivenessLevel: 50,
  preferredTone: 'friendly',
  responseStyle: 'balanced',
  emojiUsage: true,
  voice: { enabled: true, speed: 1, pitch: 1, autoSpeak: false },
  interests: ['sailing'],
  dislikes: [],
  communicationPatterns: {},
  timeZone: null,
  utcOffset: 0,
  totalConversations: 2,
  totalMessages: 4,
  avgSessionMinutes: 5,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  version: 1,
};
const facts = (more: Partial<ContextFacts> = {}): ContextFacts => ({
  profile: PROFILE,
  active: { firstActivityAt: AT - 9 * DAY, lastActivityAt: AT },
  memories: [],
  emotions: [],
  felt: [],
  conversation: undefined,
  lastConversation: undefined,
  ...more,
});
const known = (content: string, i = 0) => ({
  memoryId: `m${i}`,
  score: 1 / (i + 1),
  content,
  context: null,
  occurredAt: new Date(AT - i * DAY).toISOString(),
  contradictions: [],
});
const conversation = (turns: readonly (readonly [string, string])[]) => ({
  userId: 'mira',
  sessionId: 's1',
  turns: turns.map(([userMessage, assistantMessage], i) => ({
    turnId: `t${i}`,
    userMessage,
    assistantMessage,
    emotion: null,
    occurredAt: new Date(AT + i).toISOString(),
  })),
  topics: [],
  emotionTrajectory: [],
  currentEmotion: null,
  startedAt: new Date(AT).toISOString(),
  lastActivityAt: new Date(AT).toISOString(),
  ended: false,
  turnCount: turns.length,
});
const rendered = (given: ContextFacts, format: ContextFormat = 'text', maxTokens = 1_500) =>
  render({ ...sectionsOf(given, POLICY_1), policy: POLICY_1, tokenizer, format, maxTokens });

const words = fc.constantFrom(
  'the boat',
  'Größe',
  '東京へ行く',
  '👩‍👩‍👧',
  '\n\n',
  '# title',
  '...',
  '<|endoftext|>',
  '    ',
  'a'.repeat(90),
);
const text = fc.array(words, { minLength: 1, maxLength: 60 }).map((all) => all.join(' '));

describe('a rendered context', () => {
  it('never has more tokens than the budget, in any format, whatever is in it', () => {
    fc.assert(
      fc.property(
        fc.array(text, { maxLength: 12 }),
        fc.array(fc.tuple(text, fc.oneof(text, fc.constant(''))), { maxLength: 6 }),
        fc.constantFrom(...CONTEXT_FORMATS),
        fc.integer({ min: 447, max: 2_000 }),
        (memories, turns, format, maxTokens) => {
          const given = facts({ memories: memories.map(known), conversation: conversation(turns) });
          const { tokens, texts, messages } = rendered(given, format, maxTokens);
          expect(tokens).toBeLessThanOrEqual(maxTokens);
          const beside = format === 'openai' || format === 'anthropic' ? 4 * texts.length + 3 : 0;
          expect(texts.reduce((sum, each) => sum + tokenizer.count(each), beside)).toBe(tokens);
          for (const { content } of messages) expect(content.trim()).not.toBe('');
          for (const each of texts) expect(each.isWellFormed()).toBe(true);
          const roles = messages.map(({ role }) => role);
          const turned = roles.map((_, i) => (i % 2 === 0 ? 'user' : 'assistant'));
          expect(format === 'anthropic' ? roles : turned).toEqual(turned);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('cuts the weakest memories first, and shows the others in the order of their times', () => {
    const memories = Array.from({ length: 30 }, (_, i) => known(`Note ${i}: ${'word '.repeat(40)}`, i));
    const { memories: kept, texts } = rendered(facts({ memories }), 'text', 900);
    expect(kept.map(({ memoryId }) => memoryId)).toEqual(kept.map((_, i) => `m${i}`));
    expect(kept.length).toBeLessThan(30);
    const shown = [...(texts[0] ?? '').matchAll(/Note (\d+)/g)].map(([, number]) => Number(number));
    expect(shown).toEqual(kept.map((_, i) => i).toReversed());
  });

  it('cuts the oldest turns first', () => {
    const turns = Array.from({ length: 10 }, (_, i) => [`Question ${i}`, 'word '.repeat(80)] as const);
    const { messages } = rendered(facts({ conversation: conversation(turns) }), 'openai', 600);
    expect(messages.at(-2)?.content).toBe('Question 9');
    expect(messages.some(({ content }) => content === 'Question 0')).toBe(false);
  });

  it.each([
    [0, 'do not joke'],
    [29, 'do not joke'],
    [30, 'a light joke is welcome'],
    [70, 'a light joke is welcome'],
    [71, 'be playful'],
    [100, 'be playful'],
  ])('says what a humour of %d means: %s', (humorLevel, sentence) => {
    expect(rendered(facts({ profile: { ...PROFILE, humorLevel } })).texts[0]).toContain(sentence);
  });

  it('says little about a user of whom nothing is known', () => {
    const nobody = { ...PROFILE, name: null, interests: [], totalConversations: 0 };
    const { texts } = rendered(facts({ profile: nobody, active: undefined }));
    expect(texts[0]).toBe(
      [
        '# Who you are talking with',
        'You do not know the name of the user yet.',
        'How to talk with the user: put feelings first, take them seriously, and do not rush to advice; ' +
          'talk naturally, neither stiff nor sloppy; a light joke is welcome when the mood allows it; ' +
          'answer at a moderate length; ask a question back now and then; keep a friendly tone; emojis are welcome.',
        'You have not talked with the user before.',
      ].join('\n'),
    );
  });

  it('says feelings once for a day, their trends, and what hurts', () => {
    const felt = ['fear', 'fear', 'joy', 'joy'].map((emotion, i) => ({
      emotion,
      intensity: 0.8,
      occurredAt: AT - i * 0.6 * DAY,
    }));
    const stable = { measure: 'count', direction: 'stable', slopePerDay: 0, confidence: 0 } as const;
    const about = { frequency: 2, meanIntensity: 0.8, variance: 0, hours: [], firstAt: '', lastAt: '' };
    const fear = {
      ...about,
      emotion: 'fear',
      triggers: [{ trigger: 'exam', count: 2 }],
      triggerCount: 1,
      trend: { ...stable, direction: 'increasing' },
      intensityTrend: stable,
    } as const;
    const { texts } = rendered(facts({ felt, emotions: [fear as never] }));
    for (const line of [
      'Lately, from the oldest to the newest: strong joy on 5 May 2026, strong joy on 6 May 2026, strong fear on 7 May 2026 (2 times).',
      'Be careful with what hurts: exam (fear).',
      'Over the four weeks up to 7 May 2026: fear has come up more often.',
    ])
      expect(texts[0]).toContain(line);
  });

  it('says what another program knew of feelings, and that it is dated, but not counted by trigger', () => {
    const stable = { measure: 'count', direction: 'stable', slopePerDay: 0, confidence: 0 } as const;
    const earlier = (emotion: string, frequency: number, triggers: string[]) => ({
      emotion,
      imported: { frequency, meanIntensity: 0.6, triggers, hours: [], lastAt: '2026-05-01T10:00:00.000Z' },
      triggers: emotion === 'fear' ? [{ trigger: 'dark', count: 1 }] : [],
      trend: stable,
      intensityTrend: stable,
    });
    const emotions = [earlier('joy', 14, ['sea']), earlier('fear', 1, ['exam', 'dark'])];
    const { texts } = rendered(facts({ emotions: emotions as never }));
    expect(texts[0]).toContain(
      [
        '# How Mira feels',
        'Be careful with what hurts: dark (fear), exam (fear). Do not bring it up lightly, and listen first when Mira does.',
        'Earlier feelings, the most frequent first: clear joy (14 times, the last time on 1 May 2026), clear fear (once, on 1 May 2026).',
        'Feelings and what they go with: joy (sea); fear (dark, exam).',
      ].join('\n'),
    );
  });
});
