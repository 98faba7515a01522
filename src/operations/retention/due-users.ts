import { pagesOf } from '../../database/pages-of.js';
import { NOT_BEING_ERASED, type RowReader } from '../../database/row-store.js';
import { ACTORS } from '../../events/actors.js';
import { MEMORY_TYPES } from '../../events/memory/memory-formed.event.js';
import { EVENTS_RETRACTED } from '../../events/retraction/events-retracted.event.js';
import { profilesTable } from '../../projections/current-profile.projection.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import type { Cutoffs } from './expired-events.js';
import { readRetentionMark } from './retention-mark.js';

const EVENTS_PER_PAGE = 1_000;
/** Events of a user that are looked at together, newest first, for one that is not of retention. */
const EVENTS_PER_LOOK = 20;

/** The users of whom something may be old. */
export interface DueUsers {
  /** In the order of ids. */
  userIds: string[];
  /** Those without a newer event than the policy asks for: they are erased whole, and not among the others. */
  inactive: string[];
}

/** The events after which something of their user may be old, by rule. */
const TYPES = {
  turns: [
    'turn.recorded',
    'session.started',
    'session.ended',
    'conversation.window-imported',
    'context.used',
  ],
  emotions: ['emotion.observed', 'emotion.pattern-imported'],
  memories: ['memory.formed', 'memory.revised', 'memory.confirmed'],
  removed: ['events.retracted', 'memory.forgotten'],
};

/**
 * Finds the users of whom something may be old. What is before the end of an earlier run with the same rule
 * needs no second look.
 */
export async function dueUsers(
  reader: StoreReader,
  cutoffs: Cutoffs,
  progress: (done: number, total: number) => void,
): Promise<DueUsers> {
  const done = (await readRetentionMark(reader))?.done ?? {};
  const found = new Set<string>();
  for (const [types, after, upTo] of ranges(cutoffs, done)) {
    for (let last = after; last < upTo;) {
      const page = await reader.events({ after: last, upTo, types, limit: EVENTS_PER_PAGE });
      for (const { userId } of page) found.add(userId);
      last = page.at(-1)?.position ?? upTo;
      progress(last, upTo);
    }
  }
  const inactive = cutoffs.users === undefined ? [] : await inactiveUsers(reader, cutoffs.users);
  for (const userId of inactive) found.delete(userId);
  return { userIds: [...found].toSorted(), inactive };
}

type Range = [types: readonly string[], after: number, upTo: number];

function ranges(cutoffs: Cutoffs, done: Cutoffs): Range[] {
  const all: Range[] = [];
  for (const rule of ['turns', 'emotions', 'removed'] as const)
    all.push([TYPES[rule], done[rule] ?? 0, cutoffs[rule] ?? 0]);
  const ofTypes = MEMORY_TYPES.flatMap((type) => {
    const [after, upTo] = [done.memories?.[type] ?? 0, cutoffs.memories?.[type] ?? 0];
    return after < upTo ? [{ after, upTo }] : [];
  });
  if (ofTypes.length > 0)
    all.push([
      TYPES.memories,
      Math.min(...ofTypes.map(({ after }) => after)),
      Math.max(...ofTypes.map(({ upTo }) => upTo)),
    ]);
  return all.filter(([, after, upTo]) => after < upTo);
}

async function inactiveUsers(reader: StoreReader, upTo: number): Promise<string[]> {
  const inactive: string[] = [];
  const list: RowReader['list'] = (table, query) => reader.rows(table, query);
  const all = { filters: [NOT_BEING_ERASED], order: profilesTable.key };
  for await (const page of pagesOf({ list }, profilesTable, all))
    for (const { userId } of page) if ((await lastOwnEvent(reader, userId)) <= upTo) inactive.push(userId);
  return inactive;
}

/** A key may have had that name before it was refused: what such a key tells of a user is no retraction. */
function isOfRetention({ actor, type }: { actor: string; type: string }): boolean {
  return actor === ACTORS.retention && type === EVENTS_RETRACTED;
}

/** The position of the last event of a user that is not of retention; 0 if there is none. */
async function lastOwnEvent(reader: StoreReader, userId: string): Promise<number> {
  let upTo: number | undefined;
  for (let limit = 1; ; limit = EVENTS_PER_LOOK) {
    const page = await reader.events({ userId, after: 0, upTo, newestFirst: true, limit });
    const own = page.find((event) => !isOfRetention(event));
    const last = page.at(-1);
    if (own || !last) return own?.position ?? 0;
    upTo = last.position - 1;
  }
}
