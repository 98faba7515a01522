import { fixedClock, zoneClock, type Clock } from '../zone-clock.js';
import type { Word } from './policy/built-in-policy.js';
import type { Band, ContextPolicy } from './policy/context-policy.js';

/** Puts the facts of one user into the words of a policy. */
export class Wording {
  /** What the user is called. */
  readonly name: string;
  private readonly clock: Clock;

  constructor(
    private readonly policy: ContextPolicy,
    user: { name: string | null; timeZone: string | null; utcOffset: number },
  ) {
    this.name = (user.name && oneLine(user.name)) || this.say('someone');
    this.clock = (user.timeZone ? zoneClock(user.timeZone) : undefined) ?? fixedClock(user.utcOffset);
  }

  /** Returns the sentence with its places filled in; `{name}` always is the user. */
  say(word: Word, places: Record<string, string> = {}): string {
    return this.fill(this.policy.words[word] ?? '', places);
  }

  /** Fills in the places of any text of the policy. What is filled in is never looked through again. */
  fill(sentence: string, places: Record<string, string> = {}): string {
    return sentence.replaceAll(/\{(\w+)\}/g, (place, name: string) =>
      name === 'name' ? this.name : (places[name] ?? place),
    );
  }

  level(level: keyof ContextPolicy['levels'], value: number): string {
    const bands: readonly Band[] = this.policy.levels[level];
    return (bands.find(({ below }) => value < below) ?? bands.at(-1))?.words ?? '';
  }

  /** The day in the user's present time zone, such as `8 May 2023`. */
  date(at: number): string {
    const local = new Date(at + this.clock.offsetAt(at));
    return `${local.getUTCDate()} ${this.policy.months[local.getUTCMonth()] ?? ''} ${local.getUTCFullYear()}`;
  }

  /** The first ones of a list in one line. */
  list(items: readonly string[], divider = ', '): string {
    return items.slice(0, this.policy.limits.listed).map(oneLine).join(divider);
  }
}

/** White space that is more than one space between two words. */
const MORE_SPACE = /[^\S ]| {2}/;

/** The text in one line, so that it cannot look like a part of the context. */
export function oneLine(text: string): string {
  return (MORE_SPACE.test(text) ? text.replaceAll(/\s+/g, ' ') : text).trim();
}
