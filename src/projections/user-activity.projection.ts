import type { Rows } from '../database/row-store.js';
import { defineTable, integer, json, text, type RowIn } from '../database/table.js';
import { EMPTY_BLOCK, isFull, LAST_BLOCK, withFact } from './fact-block.js';
import { factOf } from './fact-of-event.js';
import type { Fact } from './facts.js';
import { defineProjection } from './projection.js';

/**
 * Blocks of a user's facts, for reports over all users: in the order of the key, each user's facts come in the
 * order of their positions. Facts are only added, so a report at a past position reads the same rows.
 */
export const userActivityTable = defineTable(
  'user_activity',
  {
    userId: text(),
    /** 0, 1, 2, … for full blocks, which never change; LAST_BLOCK for the other. */
    block: integer(),
    /** Number of full blocks before this one. */
    fullBlocks: integer(),
    count: integer(),
    position: integer(),
    recordedAt: integer(),
    utcOffset: integer(),
    texts: json<readonly string[]>(),
    facts: text(),
  },
  { key: ['userId', 'block'], hot: true },
);

export type UserActivityRow = RowIn<typeof userActivityTable>;

/** Each event reduced to what reports count. */
export const userActivity = defineProjection({
  name: 'user-activity',
  version: 1,
  tables: [userActivityTable],
  folds: {
    'user.registered': (event, rows) => add(rows, event.userId, factOf(event)),
    'profile.changed': (event, rows) => add(rows, event.userId, factOf(event)),
    'preference.learned': (event, rows) => add(rows, event.userId, factOf(event)),
    'memory.formed': (event, rows) => add(rows, event.userId, factOf(event)),
    'memory.revised': (event, rows) => add(rows, event.userId, factOf(event)),
    'memory.forgotten': (event, rows) => add(rows, event.userId, factOf(event)),
    'memory.recalled': (event, rows) => add(rows, event.userId, factOf(event)),
    'emotion.observed': (event, rows) => add(rows, event.userId, factOf(event)),
    'session.started': (event, rows) => add(rows, event.userId, factOf(event)),
    'turn.recorded': (event, rows) => add(rows, event.userId, factOf(event)),
    'session.ended': (event, rows) => add(rows, event.userId, factOf(event)),
  },
});

function add(rows: Rows, userId: string, fact: Fact): void {
  const last = rows.get(userActivityTable, userId, LAST_BLOCK);
  if (last && isFull(last)) {
    rows.put(userActivityTable, { ...last, block: last.fullBlocks });
    rows.put(userActivityTable, blockWith(userId, last.fullBlocks + 1, fact));
  } else if (last) {
    rows.put(userActivityTable, { ...last, ...withFact(last, fact) });
  } else {
    rows.put(userActivityTable, blockWith(userId, 0, fact));
  }
}

function blockWith(userId: string, fullBlocks: number, fact: Fact): UserActivityRow {
  return { userId, block: LAST_BLOCK, fullBlocks, ...withFact(EMPTY_BLOCK, fact) };
}
