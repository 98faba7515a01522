import { InvalidInput } from '../../errors.js';
import type { SectionName, SectionPolicies } from './policy/context-policy.js';
import type { Item, Part, Section } from './sections.js';

/** What counts and cuts texts. */
export interface TokenCounter {
  count(text: string): number;
  cut(text: string, tokens: number): string;
}

/** What a context may take, and how its tokens are counted. */
export interface Budget {
  maxTokens: number;
  /** Tokens that the format takes, whatever it holds. */
  frame: number;
  sections: SectionPolicies;
  counter: TokenCounter;
  /** Tokens of a title with its note, and those that a part takes beside its text. */
  titleTokens: (section: Section) => number;
  partTokens: (part: Part) => number;
}

/** A section as it is shown: its items in their places, and how many were left out. */
export interface KeptSection extends Section {
  leftOut: number;
}

/** What is left of an item is not shown if it has fewer tokens than this. */
const MIN_SHORTENED = 16;

/**
 * Chooses what fits: each section gets its floor, as far as it has anything to say, and its share of the
 * rest; what one section does not need goes to the others. Of each the most important items are kept, and the
 * first memory or turn that does not fit is cut short. Throws InvalidInput for a budget below the floors.
 */
export function fitSections(sections: readonly Section[], budget: Budget): KeptSection[] {
  const { maxTokens, frame } = budget;
  const least = Object.values(budget.sections).reduce((sum, { floor }) => sum + floor, frame);
  if (maxTokens < least) throw tooSmall(least, frame);
  const sized = sections.map((section) => sizedSection(section, budget));
  const allowed = allowances(sized, budget);
  let spare = 0;
  return sized.map(({ section, head, items }, i) => {
    const limit = (allowed[i] ?? 0) + spare;
    const { kept, used } = keep(items, limit - head, budget);
    spare = kept.length === 0 ? limit : limit - head - used;
    return { ...section, items: kept, leftOut: section.items.length - kept.length };
  });
}

function tooSmall(least: number, frame: number): InvalidInput {
  const what = frame === 0 ? 'the floors of all sections' : 'the floors of all sections and the frame';
  const message = `must be at least ${least}, the sum of ${what}`;
  return new InvalidInput('context.budget-too-small', `maxTokens: ${message}`, {
    errors: [{ path: 'maxTokens', message }],
    extra: { least },
  });
}

interface Sized {
  section: Section;
  /** Tokens of the title and the note. */
  head: number;
  items: { item: Item; tokens: number }[];
  /** Tokens of it all, or the whole budget if it has more. */
  need: number;
}

/** Sizes the items, as far as the budget could reach. */
function sizedSection(section: Section, budget: Budget): Sized {
  const head = budget.titleTokens(section);
  const items: Sized['items'] = [];
  let need = head;
  for (const { parts, ...rest } of section.items) {
    if (need >= budget.maxTokens) break;
    const short = parts.map((part) => ({ ...part, text: budget.counter.cut(part.text, part.maxTokens) }));
    const item = { ...rest, parts: short };
    const tokens = tokensOf(item, budget);
    items.push({ item, tokens });
    need += tokens;
  }
  return { section, head, items, need: Math.min(need, budget.maxTokens) };
}

/**
 * Whole tokens for each section: never above its need, never below its floor or its need, and all together no
 * more than the budget.
 */
export function allowances(
  sized: readonly { section: { name: SectionName }; need: number }[],
  { maxTokens, frame, sections }: Pick<Budget, 'maxTokens' | 'frame' | 'sections'>,
): number[] {
  const allowed = sized.map(({ section, need }) => Math.min(need, sections[section.name].floor));
  let rest = maxTokens - frame - allowed.reduce((sum, each) => sum + each, 0);
  for (;;) {
    const hungry = sized.flatMap(({ need, section }, i) => {
      const missing = need - (allowed[i] ?? 0);
      return missing > 0 ? [{ i, missing, share: sections[section.name].share }] : [];
    });
    if (hungry.length === 0 || rest === 0) return allowed;
    const shares = hungry.reduce((sum, { share }) => sum + share, 0);
    let given = 0;
    for (const { i, missing, share } of hungry) {
      const part = shares > 0 ? Math.floor((rest * share) / shares) : Math.floor(rest / hungry.length);
      const added = Math.min(missing, part);
      allowed[i] = (allowed[i] ?? 0) + added;
      given += added;
    }
    rest -= given;
    // What rounding leaves is one or two tokens.
    if (given === 0) return allowed;
  }
}

function keep(items: Sized['items'], limit: number, budget: Budget): { kept: Item[]; used: number } {
  const kept: Item[] = [];
  let used = 0;
  for (const { item, tokens } of items) {
    if (used + tokens <= limit) {
      kept.push(item);
      used += tokens;
      continue;
    }
    const mayShorten = !item.isSentence || kept.length === 0;
    const short = mayShorten ? shortened(item, limit - used, budget) : undefined;
    if (short) {
      kept.push(short);
      used += tokensOf(short, budget);
    }
    break;
  }
  return { kept, used };
}

/** Cuts the parts of an item so that it has at most so many tokens; undefined if too little would be left. */
function shortened(item: Item, limit: number, budget: Budget): Item | undefined {
  let left = limit - item.parts.reduce((sum, part) => sum + budget.partTokens(part), 0);
  let waiting = item.parts.length;
  if (left < MIN_SHORTENED * waiting) return undefined;
  const sizes = item.parts.map(({ text }, i) => ({ i, size: budget.counter.count(text) }));
  const limits: number[] = [];
  // The shorter ones first: what they do not need is left to the longer ones.
  for (const { i, size } of sizes.toSorted((a, b) => a.size - b.size)) {
    limits[i] = Math.min(size, Math.floor(left / waiting));
    left -= limits[i];
    waiting -= 1;
  }
  const cut = (text: string, i: number): string => budget.counter.cut(text, limits[i] ?? 0);
  return { ...item, parts: item.parts.map((part, i) => ({ ...part, text: cut(part.text, i) })) };
}

function tokensOf({ parts }: Item, { counter, partTokens }: Budget): number {
  return parts.reduce((sum, part) => sum + partTokens(part) + counter.count(part.text), 0);
}
