import * as fc from 'fast-check';
import { DEFAULT_PROFILE } from '../../../projections/current-profile.projection.js';
import { learnPreferences } from './learn-preferences.js';
import { PREFERENCE_RULES } from './preference-rules.js';

/** What a message teaches, as `rule: field from -> to` or `rule: value`. */
function taught(message: string, profile = {}): string[] {
  return learnPreferences(message, profile).map(({ rule, field, from, to, value }) =>
    value === undefined
      ? `${rule}: ${field} ${String(from)} -> ${String(to)}`
      : `${rule}: ${JSON.stringify(value)}`,
  );
}

describe('a preference rule', () => {
  it.each(PREFERENCE_RULES.map((rule) => [rule.name, rule.example, rule] as const))(
    '%s is taught by "%s"',
    (name, example, { effect }) => {
      const start = { emojiUsage: effect.kind === 'switch' ? !effect.to : true };
      const [first] = learnPreferences(example, start);
      expect(first).toMatchObject({ rule: name, field: effect.field });
    },
  );

  it('has a name of its own', () => {
    expect(new Set(PREFERENCE_RULES.map(({ name }) => name)).size).toBe(PREFERENCE_RULES.length);
  });
});

describe('a message', () => {
  it.each([
    ['I like detailed answers', ['answer-length: verbosityLevel 60 -> 80']],
    ['i prefer SHORT replies!', ['answer-length: verbosityLevel 60 -> 40']],
    ["I don't like long answers.", ['answer-length-disliked: verbosityLevel 60 -> 40']],
    ['I love jazz and hiking.', ['likes: "jazz"', 'likes: "hiking"']],
    ['I enjoy cooking, reading, and the sea', ['likes: "cooking"', 'likes: "reading"', 'likes: "sea"']],
    ['I’m interested in astronomy', ['interested-in: "astronomy"']],
    ["I love Berlin, but I don't like crowds", ['likes: "Berlin"', 'dislikes: "crowds"']],
    ['I hate onions so much', ['dislikes: "onions"']],
    [
      "Keep it short and don't be so formal. I love jokes! No emojis.",
      [
        'keep-it-brief: verbosityLevel 60 -> 40',
        'less-formal: formalityLevel 40 -> 20',
        'humor: humorLevel 50 -> 70',
        'no-emojis: emojiUsage true -> false',
      ],
    ],
    ['I love swimming because it calms me down', ['likes: "swimming"']],
    ["I love sailing, so I'll celebrate on the water.", ['likes: "sailing"']],
    ['I love tea, jazz and rain, which my sister hates.', ['likes: "tea"', 'likes: "jazz"', 'likes: "rain"']],
  ])('"%s" teaches what it says', (message, expected) => {
    expect(taught(message)).toEqual(expected);
  });

  it.each([
    'Do you think I like jazz?',
    'Should you be more formal?',
    "I don't think I like jazz.",
    'I never said I love jokes.',
    "Please don't keep it short.",
    'If I like detailed answers, I will tell you.',
    'My sister says I love drama.',
    'I love it when you listen to me.',
    'I love how you always know what to say.',
    'I like you.',
    'The emojis are fine.',
    'I liked the film.',
    'I love that my whole family finally came together for the first time in years.',
    '',
  ])('"%s" teaches nothing', (message) => {
    expect(taught(message)).toEqual([]);
  });

  it('moves a level to its end, and no further', () => {
    expect(taught('Give me more details.', { verbosityLevel: 90 })).toEqual([
      'more-details: verbosityLevel 90 -> 100',
    ]);
    expect(taught('Give me more details.', { verbosityLevel: 100 })).toEqual([]);
  });

  it('that says a thing twice teaches it once', () => {
    expect(taught('I love jazz. I like Jazz!')).toEqual(['likes: "jazz"']);
    expect(taught('I love JAZZ', { interests: ['jazz'] })).toEqual([]);
  });

  it('of any text gives changes that follow each other', () => {
    const words = fc.constantFrom(
      "I don't like ",
      'I love ',
      'jazz',
      ' and ',
      ', ',
      '. ',
      'no emojis',
      'short answers ',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string()), { maxLength: 30 }), (parts) => {
        const profile: Record<string, unknown> = { ...DEFAULT_PROFILE };
        for (const { field = '', from, to } of learnPreferences(parts.join(''))) {
          expect(from).toEqual(profile[field]);
          expect(to).not.toEqual(from);
          profile[field] = to;
        }
      }),
    );
  });
});
