import type { MemorySummaryRow } from '../memory-index.projection.js';
import { asks, slotOf, SLOTS_PER_BLOCK } from '../memory-order.js';
import { countAt, termScore, WEIGHTS, worthOf, type FoundParts } from './memory-score.js';

/** A memory that was found, by its slot; there may be none in the slot behind a question. */
export interface Found extends FoundParts {
  slot: number;
}

/** The memories of one block, by their ordinals. */
interface Block {
  first: number;
  text: Float64Array;
  date: Float64Array;
  /** Which of `FOUND`, `SPEAKER` and `PLACE` it has. */
  flags: Uint8Array;
  /** Scratch space for one term. */
  presence: Float64Array;
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
    for (const { block, from, to } of this.byBlock(ids)) {
      for (let i = from; i < to; i++) spread(block.presence, ids[i] as number);
      for (let i = from; i < to; i++) {
        collect(block, ids[i] as number, weight);
        find(block, ids[i] as number);
      }
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
    const { date } = this.blockOf(id);
    if (ordinalOf(id) < date.length) date[ordinalOf(id)] = score;
  }

  /**
   * The memories that contain a term or come directly after one that asks with a term, best first; of equals, the
   * last formed first.
   */
  *bestFirst(): Generator<Found, void> {
    const steps: Found[][] = [];
    for (const block of this.blocks.values()) {
      for (let ordinal = 0; ordinal < block.text.length; ordinal++) {
        if (((block.flags[ordinal] as number) & FOUND) === 0) continue;
        const found = foundAt(block, ordinal);
        (steps[Math.floor((worthOf(found) * STEPS) / MOST_WORTH)] ??= []).push(found);
      }
    }
    while (steps.length > 0) {
      const step = steps.pop();
      if (step) yield* step.toSorted((a, b) => worthOf(b) - worthOf(a) || b.slot - a.slot);
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
        date: new Float64Array(slots),
        flags: new Uint8Array(slots),
        presence: new Float64Array(slots),
      };
      this.blocks.set(number, block);
    }
    return block;
  }
}

function foundAt({ first, text, date, flags }: Block, ordinal: number): Found {
  const flag = flags[ordinal] as number;
  return {
    slot: first + ordinal,
    text: text[ordinal] as number,
    speaker: (flag & SPEAKER) === 0 ? 1 : WEIGHTS.speaker,
    date: date[ordinal] as number,
    place: (flag & PLACE) === 0 ? 0 : WEIGHTS.place,
  };
}

function ordinalOf(id: number): number {
  return slotOf(id) % SLOTS_PER_BLOCK;
}

/** Counts a term of one memory in it and in its neighbours. */
function spread(presence: Float64Array, id: number): void {
  const ordinal = ordinalOf(id);
  const last = Math.min(ordinal + 2, presence.length - 1);
  for (let at = Math.max(0, ordinal - 2); at <= last; at++)
    presence[at] = (presence[at] as number) + countAt(ordinal - at, asks(id));
}

/** Turns the presence of a term in and around one memory into text scores, and clears it. */
function collect({ text, presence }: Block, id: number, weight: number): void {
  const ordinal = ordinalOf(id);
  const last = Math.min(ordinal + 2, presence.length - 1);
  for (let at = Math.max(0, ordinal - 2); at <= last; at++) {
    const count = presence[at] as number;
    if (count === 0) continue;
    text[at] = (text[at] as number) + termScore(weight, count);
    presence[at] = 0;
  }
}

/** Notes that a memory contains a term: it is found, and if it asks, so is the one after it. */
function find({ flags }: Block, id: number): void {
  const ordinal = ordinalOf(id);
  if (ordinal < flags.length) flags[ordinal] = (flags[ordinal] as number) | FOUND;
  if (asks(id) && ordinal + 1 < flags.length) flags[ordinal + 1] = (flags[ordinal + 1] as number) | FOUND;
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
