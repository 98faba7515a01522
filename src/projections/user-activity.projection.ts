import type { Rows } from '../database/row-store.js';
import { defineTable, integer, json, text, type RowIn } from '../database/table.js';
import { MEMORY_TYPES, type MemoryType } from '../events/memory/memory-formed.event.js';
import { EMPTY_BLOCK, isFull, LAST_BLOCK, withFact } from './fact-block.js';
import type { Fact, FactTimes } from './facts.js';
import { withNormalLabels } from './normal-labels.js';
import { defineProjection, type Folds } from './projection.js';

/** Intensities are kept in millionths. */
const MICROS = 1_000_000;

/**
 * Blocks of a user's facts, for reports over all users: in the order of the key, each user's facts come in
 * the order of their positions. Facts are only added, so a report at a past position reads the same rows.
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

/** The same rows as a scan reads them: only the columns with facts. */
export const factBlocksTable = defineTable(
  userActivityTable.name,
  { userId: text(), block: integer(), texts: json<readonly string[]>(), facts: text() },
  { key: ['userId', 'block'] },
);

export type FactBlockRow = RowIn<typeof factBlocksTable>;

const FOLDS: Folds = {
  'user.registered': (event, rows) => add(rows, event, { type: event.type }),
  'profile.changed': (event, rows) => add(rows, event, { type: event.type }),
  'preference.learned': (event, rows) => add(rows, event, { type: event.type }),
  'preference.unlearned': (event, rows) => add(rows, event, { type: event.type }),
  'memory.formed': (event, rows) => {
    const { memoryId, type: memoryType } = event.data;
    add(rows, event, { type: event.type, memoryId, memoryType });
  },
  'memory.revised': (event, rows) => {
    const { memoryId, changes } = event.data;
    add(rows, event, { type: event.type, memoryId, memoryType: memoryTypeOf(changes.type?.to) });
  },
  'memory.forgotten': (event, rows) => add(rows, event, { type: event.type, memoryId: event.data.memoryId }),
  'memory.recalls-imported': (event, rows) =>
    add(rows, event, { type: event.type, memoryId: event.data.memoryId }),
  'memory.recalled': (event, rows) => add(rows, event, { type: event.type, memoryIds: event.data.memoryIds }),
  'emotion.observed': (event, rows) => {
    const { emotion, intensity, sessionId, triggers } = withNormalLabels(event).data;
    const micros = Math.round(intensity * MICROS);
    add(rows, event, { type: event.type, emotion, micros, sessionId, triggers });
  },
  'emotion.pattern-imported': (event, rows) => add(rows, event, { type: event.type }),
  'conversation.window-imported': (event, rows) => add(rows, event, { type: event.type }),
  'context.used': (event, rows) => add(rows, event, { type: event.type }),
  'memory.confirmed': (event, rows) => add(rows, event, { type: event.type }),
  'memory.embedded': (event, rows) => add(rows, event, { type: event.type }),
  'events.retracted': (event, rows) => add(rows, event, { type: event.type }),
  'events.restored': (event, rows) => add(rows, event, { type: event.type }),
  'session.started': (event, rows) => add(rows, event, { type: event.type, sessionId: event.data.sessionId }),
  'turn.recorded': (event, rows) => add(rows, event, { type: event.type, sessionId: event.data.sessionId }),
  'session.ended': (event, rows) => add(rows, event, { type: event.type, sessionId: event.data.sessionId }),
};

/**
 * Each event reduced to what reports count. Facts of events that are taken back stay where they are: a report
 * leaves out what is taken back as of its position, so that one about the time before is what it was.
 */
export const userActivity = defineProjection({
  name: 'user-activity',
  version: 1,
  tables: [userActivityTable],
  folds: FOLDS,
  retracted: FOLDS,
});

/** What a fact has beside its times. */
type Detail<F extends Fact = Fact> = F extends Fact ? Omit<F, keyof FactTimes> : never;

function memoryTypeOf(value: unknown): MemoryType | null {
  return MEMORY_TYPES.find((type) => type === value) ?? null;
}

function add(rows: Rows, event: FactTimes & { userId: string }, detail: Detail): void {
  const { userId, position, recordedAt, occurredAt, utcOffset } = event;
  const fact: Fact = { ...detail, position, recordedAt, occurredAt, utcOffset };
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
