import type { Key } from '../../database/table.js';
import type { StoreEventOf } from '../../events/event-catalog.js';
import type { Refolded } from '../../projections/folding/refolded-rows.js';
import type { Selection } from './caused-events.js';

/**
 * What is to be planned: to take events back, or to undo a retraction, by its id. What `replaces` is recorded
 * again otherwise, so that the plan has it. If it `erases`, the rows are those of a log without the data of
 * the events.
 */
export type RetractionTask =
  | { retract: Selection; replaces?: boolean; erases?: boolean }
  | { restore: string };

/** A row that a retraction changes; null where it does not exist. */
export interface ChangedRow {
  table: string;
  key: readonly Key[];
  before: object | null;
  after: object | null;
}

/** A retraction that is to be undone. */
export interface Undoing {
  position: number;
  isUndone: boolean;
  /** The events that took the place of what it took back. */
  replacedBy: readonly string[];
  /** Whether the data of some of its events is erased. */
  isErased: boolean;
}

/** A turn or an observation that counted until it is taken back. */
export type Original = StoreEventOf<'turn.recorded' | 'emotion.observed'>;

/** A retraction, or the undoing of one, as it was worked out beside the writer. */
export interface PlannedRetraction {
  /** Position of the user's last event that was taken into account; 0 if there was none. */
  lastPosition: number;
  /** The events that are taken back or restored, by position, also those that another retraction takes back. */
  events: readonly { eventId: string; position: number }[];
  /** How many of them count before and not after, or the other way round. */
  changed: number;
  /** What was selected by an id that no event has. */
  unknown: Selection;
  /** The ids of selected events that nobody takes back. */
  lasting: readonly string[];
  /** Memories that stay, but differ from what their version says. */
  memoryIds: readonly string[];
  refolded: Refolded;
  /** Number of rows that change, by table. */
  changes: Record<string, number>;
  /** The first of them. */
  firstChanges: readonly ChangedRow[];
  /** The retraction that is undone, and whether it was before; undefined if there is no such one. */
  undoes?: Undoing | undefined;
  /** Turns and observations that are taken back, if they are to be recorded again, by position. */
  originals: readonly Original[];
  /** Which retraction has taken back before what was to be recorded again; of several, as a read names it. */
  takenBack: Partial<Record<Original['type'], { by: string; at: number }>>;
  /** Ids of the memories that are taken back with their forming, and counted before. */
  memoriesGone: readonly string[];
}
