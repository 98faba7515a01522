import { asks, slotOf, SLOTS_PER_BLOCK } from '../../memory/memory-order.js';
import type { MemorySummaryRow } from '../../memory/memory-summaries.js';
import { countAt, termScore, WEIGHTS, worthOf, type FoundParts } from './memory-score.js';

/** A memory that was found, by its slot; there may be none in the slot behind a question. */
export interface Found extends FoundParts {
  slot: number;
}

/** The memories of one block, by their ordinals. */
interface Block {
  first: number;
  text: Float64Array;
  /** Undefined while no date is noted. */
  date: Float64Array | undefined;
  /** Undefined if none of them is near in meaning. */
  meaning: Float64Array | undefined;
  /** Which of `FOUND`, `SPEAKER` and `PLACE` it has. */
  flags: Uint8Array;
  /** Which memories contain the term that is being added, from two slots before the first to two after the last. */
  said: Uint8Array;
}

const FOUND = 1;
const SPEAKER = 2;
const PLACE = 4;
/** Memories are sorted roughly by so many steps of worth; only the steps that are reached are sorted in full. */
const STEPS = 2_048;
const MOST_WORTH = WEIGHTS.speaker + WEIGHTS.date + WEIGHTS.place;

/**
 * What the index tells of each of a user's memories: what the terms of a question add up to, and what else the
 * question names. A term also counts, less, in the neighbours of a memory that contains it.
 */
export class TermScores {
  private readonly blocks = new Map<number, Block>();

  constructor(private readonly summary: Pick<MemorySummaryRow, 'block' | 'nextOrdinal'>) {}

  /** Adds a term of this weight that these memories contain; ids ascending. */
  add(weight: number, ids: readonly number[]): void {
    const scores = PRESENCES.map((presence) => termScore(weight, presence));
    for (const { block, from, to } of this.byBlock(ids)) {
      const { text, flags, said } = block;
      // Counted from the first id of the block, ids are small integers, which take a fraction of the time.
      const firstId = block.first * 2;
      for (let i = from; i < to; i++) say(said, (ids[i] as number) - firstId);
      for (let i = from, next = 0; i < to; i++) {
        const place = (ids[i] as number) - firstId;
        const last = Math.min((place >> 1) + 2, text.length - 1);
        // Every slot near an id, once.
        for (let at = Math.max(next, (place >> 1) - 2); at <= last; at++)
          text[at] = (text[at] as number) + (scores[around(said, at)] as number);
        next = Math.max(next, last + 1);
        find(flags, place);
      }
      for (let i = from; i < to; i++) said[(((ids[i] as number) - firstId) >> 1) + 2] = 0;
    }
  }

  /** Notes that these memories have the label that the question names. */
  speaker(ids: readonly number[]): void {
    this.flag(ids, SPEAKER);
  }

  /** Notes that these memories name a place, for which the question asks. */
  place(ids: readonly number[]): void {
    this.flag(ids, PLACE);
  }

  /** Notes what the nearness to a date adds for a memory. */
  date(id: number, score: number): void {
    const block = this.blockOf(id);
    block.date ??= new Float64Array(block.text.length);
    if (ordinalOf(id) < block.date.length) block.date[ordinalOf(id)] = score;
  }

  /** Notes what the nearness in meaning adds for a memory; with it, a memory is found without any term. */
  meaning(id: number, score: number): void {
    const block = this.blockOf(id);
    block.meaning ??= new Float64Array(block.text.length);
    const ordinal = ordinalOf(id);
    if (ordinal >= block.text.length) return;
    block.meaning[ordinal] = score;
    block.flags[ordinal] = (block.flags[ordinal] as number) | FOUND;
  }

  /**
   * The memories that contain a term or come directly after one that asks with a term, best first; of equals, the
   * last formed first.
   */
  *bestFirst(): Generator<Found, void> {
    const blocks = [...this.blocks.values()];
    const slots = blocks.reduce((sum, { flags }) => sum + flags.length, 0);
    const last = Math.min(STEPS, slots);
    // oxlint-disable-next-line unicorn/no-new-array -- Array.from takes longer than all else here for few memories
    const steps = new Array<number[] | undefined>(last + 1);
    for (const block of blocks) {
      const { first, flags } = block;
      for (let ordinal = 0; ordinal < flags.length; ordinal++) {
        if (((flags[ordinal] as number) & FOUND) === 0) continue;
        const step = Math.floor((worthAt(block, ordinal) * last) / MOST_WORTH);
        // A question may give meaning any weight: what is worth more shares the highest step.
        (steps[Math.min(step, last)] ??= []).push(first + ordinal);
      }
    }
    for (let step = last; step >= 0; step--) {
      const found = steps[step]?.map((slot) => foundAt(this.blockOf(slot * 2), slot % SLOTS_PER_BLOCK));
      if (found) yield* found.toSorted((a, b) => worthOf(b) - worthOf(a) || b.slot - a.slot);
    }
  }

  private flag(ids: readonly number[], flag: number): void {
    for (const { block, from, to } of this.byBlock(ids)) {
      for (let i = from; i < to; i++) {
        const ordinal = ordinalOf(ids[i] as number);
        block.flags[ordinal] = (block.flags[ordinal] ?? 0) | flag;
      }
    }
  }

  private *byBlock(ids: readonly number[]): Generator<{ block: Block; from: number; to: number }, void> {
    for (let from = 0, to = 0; from < ids.length; from = to) {
      const block = this.blockOf(ids[from] as number);
      const end = (block.first + SLOTS_PER_BLOCK) * 2;
      while (to < ids.length && (ids[to] as number) < end) to++;
      yield { block, from, to };
    }
  }

  private blockOf(id: number): Block {
    const number = Math.floor(slotOf(id) / SLOTS_PER_BLOCK);
    let block = this.blocks.get(number);
    if (!block) {
      const slots = number === this.summary.block ? this.summary.nextOrdinal : SLOTS_PER_BLOCK;
      block = {
        first: number * SLOTS_PER_BLOCK,
        text: new Float64Array(slots),
        date: undefined,
        meaning: undefined,
        flags: new Uint8Array(slots),
        said: new Uint8Array(slots + 4),
      };
      this.blocks.set(number, block);
    }
    return block;
  }
}

function foundAt({ first, text, date, meaning, flags }: Block, ordinal: number): Found {
  const flag = flags[ordinal] as number;
  return {
    slot: first + ordinal,
    text: text[ordinal] as number,
    speaker: (flag & SPEAKER) === 0 ? 1 : WEIGHTS.speaker,
    date: date?.[ordinal] ?? 0,
    ...(meaning && { meaning: meaning[ordinal] }),
    place: (flag & PLACE) === 0 ? 0 : WEIGHTS.place,
  };
}

/** The worth of what `foundAt` returns, which is not made for all that are found. */
function worthAt({ text, date, meaning, flags }: Block, ordinal: number): number {
  const flag = flags[ordinal] as number;
  return worthOf({
    text: text[ordinal] as number,
    speaker: (flag & SPEAKER) === 0 ? 1 : WEIGHTS.speaker,
    date: date === undefined ? 0 : (date[ordinal] as number),
    meaning: meaning === undefined ? 0 : meaning[ordinal],
    place: (flag & PLACE) === 0 ? 0 : WEIGHTS.place,
  });
}

function ordinalOf(id: number): number {
  return slotOf(id) % SLOTS_PER_BLOCK;
}

/** Notes that the memory in a place contains the term: 1, or 2 if it asks. */
function say(said: Uint8Array, place: number): void {
  said[(place >> 1) + 2] = asks(place) ? 2 : 1;
}

/** Returns which of a slot and its neighbours contain the term: an index into `PRESENCES`. */
function around(said: Uint8Array, at: number): number {
  const before = said[at + 1] as number;
  return before + 3 * (has(said, at) + 2 * has(said, at + 2) + 4 * has(said, at + 3) + 8 * has(said, at + 4));
}

function has(said: Uint8Array, at: number): number {
  return said[at] === 0 ? 0 : 1;
}

/** How much a term is present, for every way in which a slot and its neighbours may contain it. */
const PRESENCES: readonly number[] = Array.from({ length: 48 }, (_, index) => {
  const others = Math.floor(index / 3);
  const counts = [
    others & 1 ? countAt(-2, false) : 0,
    index % 3 === 0 ? 0 : countAt(-1, index % 3 === 2),
    others & 2 ? countAt(0, false) : 0,
    others & 4 ? countAt(1, false) : 0,
    others & 8 ? countAt(2, false) : 0,
  ];
  // In the order in which `presenceAt` adds up.
  return counts.reduce((sum, count) => sum + count, 0);
});

/** Notes that a memory contains a term: it is found, and if it asks, so is the one after it. */
function find(flags: Uint8Array, place: number): void {
  const ordinal = place >> 1;
  if (ordinal < flags.length) flags[ordinal] = (flags[ordinal] as number) | FOUND;
  if (asks(place) && ordinal + 1 < flags.length) flags[ordinal + 1] = (flags[ordinal + 1] as number) | FOUND;
}

/** Returns how much a term is present in and around a slot, of the ids that contain it, ascending. */
export function presenceAt(ids: readonly number[], slot: number): number {
  const block = Math.floor(slot / SLOTS_PER_BLOCK);
  let presence = 0;
  for (let i = lowerBound(ids, (slot - 2) * 2); i < ids.length; i++) {
    const id = ids[i] as number;
    const distance = slotOf(id) - slot;
    if (distance > 2) break;
    if (Math.floor(slotOf(id) / SLOTS_PER_BLOCK) === block) presence += countAt(distance, asks(id));
  }
  return presence;
}

/** Returns the index of the first id that is not smaller. */
function lowerBound(ids: readonly number[], least: number): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ids[middle] as number) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
