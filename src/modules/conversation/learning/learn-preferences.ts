import type { StoreEventOf } from '../../../events/event-catalog.js';
import { label } from '../../../events/labels.js';
import { DEFAULT_PROFILE, type ProfileRow } from '../../../projections/current-profile.projection.js';
import { PREFERENCE_RULES, type Effect, type PreferenceRule } from './preference-rules.js';

/** Most entries of the lists of interests and dislikes, as ChangeProfileBody has it. */
const MAX_LISTED = 200;
/** Longer values are sentences, not interests. */
const MAX_VALUE_WORDS = 6;
const MAX_VALUE_LENGTH = 80;

export type Learned = Omit<StoreEventOf<'preference.learned'>['data'], 'turnId'>;

/** Where a sentence ends, with what it ends. */
const SENTENCES = /[^.!?…\n]+[.!?…]*/gu;
/** A new clause begins where a new thing is said, not at each part of a list. */
const CLAUSES =
  /\s*[;:—]\s*|,?\s+but\s+|(?:,|\s+and)\s+(?=(?:i|i'm|please|keep|be|you can|give me|stop|don't|do not|no|less|fewer)\b)/iu;
/** Words before a match that turn it: the message does not state a preference. */
const TURNED =
  /\b(?:not|never|hardly|don't|doesn't|didn't|isn't|wasn't|won't|wouldn't|can't|if|whether|unless|wish|would|do|did|when|says?|said|thinks?)\b/iu;
/** Values that name nothing by themselves. */
const EMPTY_VALUE =
  /^(?:it|that|this|these|those|them|him|her|you|me|us|how|when|what|where|why|who|everything|nothing|anything|being|your|to be)\b/iu;
const ARTICLE = /^(?:the|a|an|to) /iu;
/** What follows a list, after a comma: a clause of its own. */
const NEXT_CLAUSE =
  /,\s*(?:because|since|when|while|although|though|if|unless|so|then|as|which|who|where|even|especially)\b.*$/iu;
const REST =
  /\s+(?:because|since|when|while|although|though|if|so|too|as well|very much|so much|a lot|lots|really|now|these days|at all|anymore|most of all|with you|please)\b.*$/iu;

interface Match {
  rule: PreferenceRule;
  word?: string | undefined;
  value?: string | undefined;
}

/**
 * Returns what a message says about the user's preferences, as changes of the profile: each clause by the
 * first rule that matches. Questions, negations and conditions teach nothing, and neither does what would
 * change nothing.
 */
export function learnPreferences(message: string, profile: Partial<ProfileRow> = DEFAULT_PROFILE): Learned[] {
  const present: Record<string, unknown> = { ...DEFAULT_PROFILE, ...profile };
  const learned: Learned[] = [];
  for (const { rule, word, value } of matches(message)) {
    const { field } = rule.effect;
    for (const { to, ...named } of outcomes(rule.effect, present[field], { word, value })) {
      learned.push({ rule: rule.name, field, from: present[field], to, ...named });
      present[field] = to;
    }
  }
  return learned;
}

function matches(message: string): Match[] {
  const found: Match[] = [];
  for (const [sentence] of message.replaceAll('’', "'").matchAll(SENTENCES)) {
    if (sentence.trimEnd().endsWith('?')) continue;
    for (const clause of sentence.split(CLAUSES)) {
      const match = firstMatch(clause);
      if (match) found.push(match);
    }
  }
  return found;
}

function firstMatch(clause: string): Match | undefined {
  for (const rule of PREFERENCE_RULES) {
    const match = rule.pattern.exec(clause);
    if (!match) continue;
    if (TURNED.test(clause.slice(0, match.index))) return undefined;
    return { rule, word: match.groups?.['word']?.toLowerCase(), value: match.groups?.['value'] };
  }
  return undefined;
}

/** The values that the field gets, one after another; none if it stays as it is. */
function outcomes(
  effect: Effect,
  from: unknown,
  { word = '', value = '' }: Omit<Match, 'rule'>,
): { to: unknown; value?: string }[] {
  if (effect.kind === 'switch') return from === effect.to ? [] : [{ to: effect.to }];
  if (effect.kind === 'level') {
    const step = typeof effect.step === 'number' ? effect.step : (effect.step[word] ?? 0);
    const to = Math.min(100, Math.max(0, (from as number) + step));
    return from === to ? [] : [{ to }];
  }
  let list = from as readonly string[];
  const results = [];
  for (const name of valuesIn(value)) {
    if (list.length >= MAX_LISTED || list.some((known) => label(known) === label(name))) continue;
    list = [...list, name];
    results.push({ to: list, value: name });
  }
  return results;
}

/** The things that a text lists: `jazz, hiking and the sea` are three. */
function valuesIn(text: string): string[] {
  return text
    .replace(NEXT_CLAUSE, '')
    .split(/\s*,\s*(?:and\s+)?|\s+and\s+/iu)
    .map((part) =>
      part
        .replace(REST, '')
        .replaceAll(/^[\s"'“”(]+|[\s"'“”),.!…]+$/gu, '')
        .replace(ARTICLE, '')
        .trim(),
    )
    .filter(
      (part) =>
        part !== '' &&
        part.length <= MAX_VALUE_LENGTH &&
        part.split(/\s+/u).length <= MAX_VALUE_WORDS &&
        !EMPTY_VALUE.test(part),
    );
}
