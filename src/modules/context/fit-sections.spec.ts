import * as fc from 'fast-check';
import { InvalidInput } from '../../errors.js';
import { allowances, fitSections, type Budget, type TokenCounter } from './fit-sections.js';
import { POLICY_1 } from './policy/built-in-policy.js';
import { SECTION_NAMES, type SectionName } from './policy/context-policy.js';
import type { Item, Section } from './sections.js';

const FLOORS = 440;

/** A word is a token. */
const words = (text: string) => text.split(' ').filter((word) => word !== '');
const counter: TokenCounter = {
  count: (text) => words(text).length,
  cut: (text, tokens) => (words(text).length <= tokens ? text : words(text).slice(0, tokens).join(' ')),
};
const budget = (maxTokens: number): Budget => ({
  maxTokens,
  frame: 0,
  sections: POLICY_1.sections,
  counter,
  titleTokens: ({ title }) => counter.count(title),
  partTokens: ({ lead }) => counter.count(lead),
});

const text = (length: number) => Array.from({ length }, (_, i) => `w${i}`).join(' ');
const item = (place: number, ...lengths: number[]): Item => ({
  place,
  parts: lengths.map((length) => ({ lead: '-', text: text(length), maxTokens: 200 })),
});
const section = (name: SectionName, items: Item[]): Section => ({
  name,
  title: 'One title',
  note: '',
  items,
});
const tokensIn = ({ items, title }: Section) =>
  counter.count(title) +
  items.reduce(
    (sum, { parts }) => sum + parts.reduce((own, part) => own + 1 + counter.count(part.text), 0),
    0,
  );

const drawnItems = fc
  .array(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 2 }), { maxLength: 40 })
  .map((all) => all.map((lengths, place) => item(place, ...lengths)));
const drawnSections = fc
  .tuple(drawnItems, drawnItems, drawnItems, drawnItems)
  .map((drawn) =>
    SECTION_NAMES.map((name, i) => section(name, drawn[i] ?? [])).filter(({ items }) => items.length > 0),
  );
const drawnBudget = fc.integer({ min: FLOORS, max: 5_000 });

describe('what fits into a budget', () => {
  it('never has more tokens than the budget', () => {
    fc.assert(
      fc.property(drawnSections, drawnBudget, (sections, maxTokens) => {
        const kept = fitSections(sections, budget(maxTokens));
        expect(kept.reduce((sum, each) => sum + tokensIn(each), 0)).toBeLessThanOrEqual(maxTokens);
      }),
    );
  });

  it('has something of each section, and never less than the floor but for what a cut cannot use', () => {
    fc.assert(
      fc.property(drawnSections, drawnBudget, (sections, maxTokens) => {
        const kept = fitSections(sections, budget(maxTokens));
        expect(kept.every(({ items }) => items.length > 0)).toBe(true);
        // Less than 16 tokens for each of two parts are not worth a cut.
        const missing = kept
          .filter(({ leftOut }) => leftOut > 0)
          .map((each) => POLICY_1.sections[each.name].floor - tokensIn(each));
        expect(Math.max(0, ...missing)).toBeLessThan(2 * 17);
      }),
    );
  });

  it('keeps the most important items, and cuts only the last of them short', () => {
    fc.assert(
      fc.property(drawnSections, drawnBudget, (sections, maxTokens) => {
        for (const [i, kept] of fitSections(sections, budget(maxTokens)).entries()) {
          const places = kept.items.map(({ place }) => place);
          expect(places).toEqual(sections[i]?.items.slice(0, places.length).map(({ place }) => place));
          const capped = (each: Item) => each.parts.map((part) => counter.cut(part.text, part.maxTokens));
          const whole = sections[i]?.items.slice(0, places.length - 1).map(capped);
          expect(kept.items.slice(0, -1).map((each) => each.parts.map((part) => part.text))).toEqual(whole);
        }
      }),
    );
  });

  it('keeps everything when there is room', () => {
    const sections = SECTION_NAMES.map((name) => section(name, [item(0, 10), item(1, 20)]));
    expect(fitSections(sections, budget(FLOORS)).map(({ leftOut }) => leftOut)).toEqual([0, 0, 0, 0]);
  });

  it('gives what a section does not need to the others', () => {
    const many = Array.from({ length: 50 }, (_, place) => item(place, 30));
    const [alone] = fitSections([section('memories', many)], budget(1_000));
    expect(alone && tokensIn(alone)).toBeGreaterThan(950);
  });

  it('does not cut a sentence short', () => {
    const sentences = [40, 40, 400].map((length, place) => ({ ...item(place, length), isSentence: true }));
    const others = SECTION_NAMES.slice(1).map((name) => section(name, [item(0, 200), item(1, 200)]));
    const [profile] = fitSections([section('profile', sentences), ...others], budget(FLOORS));
    expect(profile?.items.map(({ parts }) => counter.count(parts[0]?.text ?? ''))).toEqual([40, 40]);
  });

  it('is refused below the floors, whatever there is to say', () => {
    const attempt = () => fitSections([], budget(FLOORS - 1));
    expect(attempt).toThrow(InvalidInput);
    expect(attempt).toThrow('at least 440');
    expect(attempt).toThrow(
      expect.objectContaining({ code: 'context.budget-too-small', extra: { least: FLOORS } }),
    );
    expect(fitSections([], budget(FLOORS))).toEqual([]);
    expect(() => fitSections([], { ...budget(FLOORS), frame: 7 })).toThrow('at least 447');
  });
});

describe('the tokens that sections may have', () => {
  const need = fc.integer({ min: 1, max: 4_000 });

  it('are the floor or the need at least, the need at most, and nearly the whole budget where it is needed', () => {
    fc.assert(
      fc.property(fc.tuple(need, need, need, need), drawnBudget, (needs, maxTokens) => {
        const sized = SECTION_NAMES.map((name, i) => ({ section: { name }, need: needs[i] ?? 0 }));
        const allowed = allowances(sized, budget(maxTokens));
        for (const [i, each] of sized.entries()) {
          const floor = POLICY_1.sections[each.section.name].floor;
          expect(allowed[i]).toBeGreaterThanOrEqual(Math.min(each.need, floor));
          expect(allowed[i]).toBeLessThanOrEqual(each.need);
        }
        const sum = allowed.reduce((total, each) => total + each, 0);
        const wanted = needs.reduce((total, each) => total + each, 0);
        expect(sum).toBeLessThanOrEqual(maxTokens);
        expect(sum).toBeGreaterThan(Math.min(maxTokens, wanted) - SECTION_NAMES.length - 1);
      }),
    );
  });
});
