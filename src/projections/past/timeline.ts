import type { UserChange } from '../../events/log/event-log.js';
import type { StoreReader } from '../folding/store-reader.js';

/** Most marks of a timeline. */
export const MAX_MARKS = 1_000;
const CHANGES_PER_PAGE = 5_000;

/** A position at which a user changed. */
export interface Mark {
  position: number;
  /** When, ms UTC. */
  recordedAt: number;
  /** The types of the events since the mark before, each once, sorted. */
  types: string[];
}

/** When a user changed: at most MAX_MARKS marks, of equally many events each. */
export interface Timeline {
  /** Positions of the first and the last event; null if there is none. */
  first: number | null;
  last: number | null;
  marks: Mark[];
}

/** Reads a user's timeline up to a position, page by page. */
export async function timelineOf(
  reader: Pick<StoreReader, 'changesOfUser'>,
  userId: string,
  upTo: number,
): Promise<Timeline> {
  const marks = new Marks();
  for (let after = 0; ;) {
    const page = await reader.changesOfUser({ userId, after, upTo, limit: CHANGES_PER_PAGE });
    for (const change of page) marks.add(change);
    if (page.length < CHANGES_PER_PAGE) return marks.timeline();
    after = page.at(-1)?.position ?? upTo;
  }
}

/** Joins neighbouring marks whenever there are too many, so that a mark stands for 1, 2, 4, … events. */
class Marks {
  private readonly marks: Mark[] = [];
  private first: number | null = null;
  private eventsPerMark = 1;
  private eventsInLast = 0;

  add({ position, recordedAt, type }: UserChange): void {
    this.first ??= position;
    const last = this.marks.at(-1);
    if (last && this.eventsInLast < this.eventsPerMark) {
      this.marks[this.marks.length - 1] = joined(last, { position, recordedAt, types: [type] });
      this.eventsInLast++;
      return;
    }
    this.marks.push({ position, recordedAt, types: [type] });
    this.eventsInLast = 1;
    if (this.marks.length > MAX_MARKS) this.halve();
  }

  timeline(): Timeline {
    return { first: this.first, last: this.marks.at(-1)?.position ?? null, marks: this.marks };
  }

  private halve(): void {
    const { marks } = this;
    const isOdd = marks.length % 2 === 1;
    const half = Math.ceil(marks.length / 2);
    for (let i = 0; i < half; i++) {
      const [a, b] = [marks[2 * i], marks[2 * i + 1]];
      if (a) marks[i] = b ? joined(a, b) : a;
    }
    marks.length = half;
    // The last pair may lack its second half, or a part of it.
    this.eventsInLast += isOdd ? 0 : this.eventsPerMark;
    this.eventsPerMark *= 2;
  }
}

function joined(a: Mark, { position, recordedAt, types }: Mark): Mark {
  return { position, recordedAt, types: [...new Set([...a.types, ...types])].toSorted() };
}
