import type { ProfileRow } from '../../../projections/current-profile.projection.js';

/** Levels of the profile that a message may raise or lower. */
export type LearnedLevel = Extract<keyof ProfileRow, 'verbosityLevel' | 'formalityLevel' | 'humorLevel'>;

/** How far one message moves a level, of 0..100. */
const STEP = 20;

/**
 * What a rule does to the profile. The word that decides is the group `word`, the value the group `value`.
 */
export type Effect =
  | { kind: 'level'; field: LearnedLevel; step: number | Readonly<Record<string, number>> }
  | { kind: 'switch'; field: 'emojiUsage'; to: boolean }
  | { kind: 'list'; field: 'interests' | 'dislikes' };

/** One way in which people say what they prefer. */
export interface PreferenceRule {
  /** Recorded in the event; never changed. */
  name: string;
  /** Matched against one clause, in any case, with straight apostrophes. */
  pattern: RegExp;
  /** A message that it matches. */
  example: string;
  effect: Effect;
}

const I = String.raw`\bi (?:really |do |also |just |absolutely |so |quite |truly )*`;
const I_NOT = String.raw`\bi (?:really |just |truly )*(?:don't|do not)(?: really)?`;
const DETAILED = { detailed: STEP, long: STEP, longer: STEP, thorough: STEP };
const BRIEF = { brief: -STEP, short: -STEP, shorter: -STEP, concise: -STEP };
const LENGTHS = { ...DETAILED, ...BRIEF };
const WORDS = Object.keys(LENGTHS).join('|');
const ANSWERS = '(?:answers?|replies|reply|responses?|explanations?|messages?)';
/** The rest of a clause, or of a message without punctuation. */
const VALUE = '(?<value>.{1,200})';

/**
 * The rules of the original EdgeSoul, in its order: in each clause, the first one that matches counts.
 * Those after its thirteen are mended halves of them: the negation of what it took for a wish.
 */
export const PREFERENCE_RULES: readonly PreferenceRule[] = [
  {
    name: 'answer-length',
    pattern: new RegExp(
      `${I}(?:like|prefer|enjoy|love|want) (?:more )?(?<word>${WORDS}) ${ANSWERS}\\b`,
      'iu',
    ),
    example: 'I like detailed answers.',
    effect: { kind: 'level', field: 'verbosityLevel', step: LENGTHS },
  },
  {
    name: 'keep-it-brief',
    pattern: /\bkeep (?:it|things|your answers) (?:brief|short|concise)\b/iu,
    example: 'Please keep it short.',
    effect: { kind: 'level', field: 'verbosityLevel', step: -STEP },
  },
  {
    name: 'more-details',
    pattern: /\bgive me more (?:details?|information)\b/iu,
    example: 'Give me more details.',
    effect: { kind: 'level', field: 'verbosityLevel', step: STEP },
  },
  {
    name: 'more-formal',
    pattern: /\bbe (?:a (?:bit|little) )?more (?:formal|professional)\b/iu,
    example: 'Be more formal, please.',
    effect: { kind: 'level', field: 'formalityLevel', step: STEP },
  },
  {
    name: 'casual',
    pattern: /\byou can be (?:more |a (?:bit|little) more )?(?:casual|informal)\b/iu,
    example: 'You can be casual with me.',
    effect: { kind: 'level', field: 'formalityLevel', step: -STEP },
  },
  {
    name: 'less-formal',
    pattern: /\b(?:don't|do not) be (?:so|that|too) (?:formal|serious)\b/iu,
    example: "Don't be so formal.",
    effect: { kind: 'level', field: 'formalityLevel', step: -STEP },
  },
  {
    name: 'humor',
    pattern: new RegExp(`${I}(?:love|like|enjoy) (?:your |good |funny )?(?:jokes|humou?r|funny\\b)`, 'iu'),
    example: 'I love jokes.',
    effect: { kind: 'level', field: 'humorLevel', step: STEP },
  },
  {
    name: 'fewer-jokes',
    pattern: new RegExp(
      `\\b(?:less|fewer) jokes\\b|${I_NOT} (?:like|enjoy|want) (?:your )?(?:jokes|humou?r)\\b`,
      'iu',
    ),
    example: 'Fewer jokes, please.',
    effect: { kind: 'level', field: 'humorLevel', step: -STEP },
  },
  {
    name: 'no-emojis',
    pattern: new RegExp(
      `\\b(?:(?:stop using|no more|no) emojis?|(?:don't|do not) use (?:any )?emojis?)\\b|${I_NOT} (?:like|want) emojis?\\b`,
      'iu',
    ),
    example: 'Stop using emojis.',
    effect: { kind: 'switch', field: 'emojiUsage', to: false },
  },
  {
    name: 'emojis',
    pattern: new RegExp(`${I}(?:like|love|enjoy) (?:your )?emojis?\\b`, 'iu'),
    example: 'I like emojis.',
    effect: { kind: 'switch', field: 'emojiUsage', to: true },
  },
  {
    name: 'interested-in',
    pattern: new RegExp(`\\b(?:i'm|i am) (?:really |very |quite |so |also )*interested in ${VALUE}`, 'iu'),
    example: "I'm interested in astronomy.",
    effect: { kind: 'list', field: 'interests' },
  },
  {
    name: 'answer-length-disliked',
    pattern: new RegExp(`${I_NOT} (?:like|want|need) (?<word>${WORDS}) ${ANSWERS}\\b`, 'iu'),
    example: "I don't like long answers.",
    effect: { kind: 'level', field: 'verbosityLevel', step: opposite(LENGTHS) },
  },
  {
    name: 'dislikes',
    pattern: new RegExp(`(?:${I_NOT} (?:like|enjoy|love)|${I}(?:hate|dislike|can't stand)) ${VALUE}`, 'iu'),
    example: "I don't like crowds.",
    effect: { kind: 'list', field: 'dislikes' },
  },
  {
    name: 'likes',
    pattern: new RegExp(`${I}(?:love|like|enjoy) ${VALUE}`, 'iu'),
    example: 'I love jazz and hiking.',
    effect: { kind: 'list', field: 'interests' },
  },
];

function opposite(steps: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(steps).map(([word, step]) => [word, -step]));
}
