import { DAY_MS, durationMs } from '../../durations.js';
import { MEMORY_TYPES, type MemoryType } from '../../events/memory/memory-formed.event.js';

/** How long what is kept, ms; a rule that is left out keeps for ever. */
export interface RetentionPolicy {
  /** Turns, and what is left of their sessions. */
  turns?: number;
  emotions?: number;
  /** Memories by type, since they were last formed, revised or confirmed. */
  memories?: Readonly<Partial<Record<MemoryType, number>>>;
  /** What was taken back or forgotten, since then. */
  removed?: number;
  /** Users, since their last event. */
  users?: number;
}

/** A rule of a policy. */
export type Rule = keyof RetentionPolicy;

export const RULES: readonly Rule[] = ['turns', 'emotions', 'memories', 'removed', 'users'];

/** What `parseAge` and `parseMemoryAges` refuse. */
export const AGE_RULE = 'must be a time of at least 1d, like 90d, 4w or 2y (d: days, w: weeks, y: 365 days)';
export const MEMORY_AGES_RULE = `${AGE_RULE}, or one for each type, like conversation=90d,fact=2y (types: ${MEMORY_TYPES.join(', ')})`;

/** Returns the age that a text says, ms; undefined for another text. */
export function parseAge(text: string): number | undefined {
  const ms = durationMs(text);
  return ms !== undefined && ms >= DAY_MS ? ms : undefined;
}

/** Returns the ages by type that a text says, ms; undefined for another text. */
export function parseMemoryAges(text: string): Partial<Record<MemoryType, number>> | undefined {
  const ofAll = parseAge(text);
  if (ofAll !== undefined) return Object.fromEntries(MEMORY_TYPES.map((type) => [type, ofAll]));
  const ages: Partial<Record<MemoryType, number>> = {};
  for (const part of text.split(',')) {
    const [name, age = '', ...more] = part.split('=');
    const type = MEMORY_TYPES.find((each) => each === name);
    const ms = parseAge(age);
    if (type === undefined || ms === undefined || more.length > 0 || type in ages) return undefined;
    ages[type] = ms;
  }
  return ages;
}

/** Whether a rule is set. */
export function hasRules(policy: RetentionPolicy): boolean {
  return RULES.some((rule) => policy[rule] !== undefined);
}
