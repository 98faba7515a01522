import { terms } from '../database/full-text.js';
import type { Rows } from '../database/row-store.js';
import { stemmedLanguage } from '../database/stems.js';
import {
  added,
  boolean,
  defineTable,
  instant,
  integer,
  json,
  nullable,
  real,
  text,
  type RowIn,
} from '../database/table.js';
import type { MemoryType } from '../events/memory/memory-formed.event.js';
import { instantMs } from '../validation/instants.js';
import { expiriesTable, followExpiry } from './memory/memory-expiries.js';
import { cutLinks, followLinks, idList, type ChangeOther } from './memory/memory-links.js';
import { indexIdOf, slotOf, takeSlot } from './memory/memory-order.js';
import { followWords, statementsTable } from './memory/memory-statements.js';
import { keepSlot, memorySummariesTable, summarize } from './memory/memory-summaries.js';
import { furtherTerms, questionShare } from './memory/memory-text.js';
import { orderTime } from './order-time.js';
import { defineProjection } from './projection.js';

/** One row per memory, with a full-text index. Confidence and importance are 0..1, times ms UTC. */
export const memoriesTable = defineTable(
  'memories',
  {
    userId: text(),
    memoryId: text(),
    /** Position of the event that formed it: unique, and in the order of forming. */
    formedPosition: integer(),
    type: text() as { kind: 'text'; nullable: false; type?: MemoryType },
    content: text(),
    context: nullable(text()),
    confidence: real(),
    importance: real(),
    metadata: json<Record<string, unknown>>(),
    /** The session and the turn that it was formed in, as far as its event says. */
    sessionId: nullable(text()),
    turnId: nullable(text()),
    /** The language of its texts, a tag of BCP 47; null in events of before, which are English to the index. */
    language: nullable(text()),
    pinned: added(boolean()),
    /** From when on it is hidden; null if it never is. */
    expiresAt: nullable(instant()),
    /** The memories that it takes the place of, the one that takes its place, and those that say otherwise. */
    supersedes: nullable(json<readonly string[]>()),
    supersededBy: nullable(text()),
    contradicts: nullable(json<readonly string[]>()),
    recallCount: integer(),
    lastRecalledAt: nullable(instant()),
    /** Its id in the full-text index, which carries the order of forming: see `memory-order.ts`. */
    indexId: added(integer()),
    /** Since when it says what it says: `occurredAt`, or the order time of the last correction. */
    statedAt: added(instant()),
    /** Which share of the content are questions, 0..1. */
    questionShare: added(real()),
    /** Number of terms in content and context: the length that ranking uses. */
    termCount: integer(),
    occurredAt: instant(),
    createdAt: instant(),
    updatedAt: instant(),
    version: integer(),
    position: integer(),
  },
  {
    key: ['userId', 'memoryId'],
    indexes: [
      { name: 'memories_newest', columns: ['userId', 'occurredAt', 'formedPosition', 'indexId'] },
      { name: 'memories_indexed', columns: ['userId', 'indexId'], unique: true },
    ],
    fullText: {
      id: 'indexId',
      columns: ['content', 'context'],
      language: 'language',
      further: (row) => furtherTerms(row as { content: string; context: string | null }),
    },
  },
);

export type MemoryRow = RowIn<typeof memoriesTable>;

/** The memories about a user. */
export const memoryIndex = defineProjection({
  name: 'memory-index',
  // 4: stems by language, of @orama/stemmers 3.1.18 (another version of it needs another number here), what is
  // said, pins, expiries, links; 3: ids with the order of forming, irregular forms, labels; 2: folded search
  // terms, order times.
  version: 4,
  tables: [memoriesTable, memorySummariesTable, statementsTable, expiriesTable],
  folds: {
    'memory.formed': (event, rows) => {
      const summary = rows.get(memorySummariesTable, event.userId);
      const { slot, order } = takeSlot(summary, event);
      const memory = withText(slot, {
        userId: event.userId,
        formedPosition: event.position,
        memoryId: event.data.memoryId,
        type: event.data.type,
        content: event.data.content,
        context: event.data.context ?? null,
        confidence: event.data.confidence,
        importance: event.data.importance,
        metadata: event.data.metadata,
        sessionId: event.data.sessionId ?? null,
        turnId: event.data.turnId ?? null,
        language: event.data.language ?? null,
        pinned: event.data.pinned ?? false,
        expiresAt: instantOrNull(event.data.expiresAt),
        supersedes: existing(rows, event.userId, event.data.supersedes),
        supersededBy: null,
        contradicts: existing(rows, event.userId, event.data.contradicts),
        recallCount: 0,
        lastRecalledAt: null,
        statedAt: event.occurredAt,
        occurredAt: event.occurredAt,
        createdAt: event.recordedAt,
        updatedAt: event.recordedAt,
        version: event.version,
        position: event.position,
      });
      rows.put(memoriesTable, memory);
      followLinks(otherMemories(rows, event.userId), memory);
      followWords(rows, undefined, memory);
      followExpiry(rows, undefined, memory);
      summarize(rows, event.userId, { after: memory, at: orderTime(event), order });
    },
    'memory.revised': (event, rows) => {
      const before = rows.get(memoriesTable, event.userId, event.data.memoryId);
      if (!before) return;
      const { changes } = event.data;
      const changed = Object.entries(changes).map(([field, change]) => [
        field,
        isLink(field) ? existing(rows, event.userId, change.to as string[]) : columnValue(field, change.to),
      ]);
      const { recordedAt, version, position } = event;
      const isCorrected = 'content' in changes || 'context' in changes;
      const at = orderTime(event);
      const after = withText(slotOf(before.indexId), {
        ...before,
        ...(Object.fromEntries(changed) as Partial<MemoryRow>),
        statedAt: isCorrected ? at : before.statedAt,
        updatedAt: recordedAt,
        version,
        position,
      });
      rows.put(memoriesTable, after);
      followLinks(otherMemories(rows, event.userId), after, before);
      followWords(rows, before, after);
      followExpiry(rows, before, after);
      summarize(rows, event.userId, { before, after, ...(isCorrected ? { at } : {}) });
    },
    'memory.confirmed': (event, rows) => {
      const before = rows.get(memoriesTable, event.userId, event.data.memoryId);
      if (!before) return;
      const { recordedAt, version, position } = event;
      const at = orderTime(event);
      const confidence = event.data.confidence.to;
      const after = { ...before, confidence, statedAt: at, updatedAt: recordedAt, version, position };
      rows.put(memoriesTable, after);
      summarize(rows, event.userId, { before, after, at });
    },
    'memory.forgotten': (event, rows) => {
      const before = rows.get(memoriesTable, event.userId, event.data.memoryId);
      if (!before) return;
      rows.remove(memoriesTable, event.userId, before.memoryId);
      cutLinks(otherMemories(rows, event.userId), before);
      followWords(rows, before, undefined);
      followExpiry(rows, before, undefined);
      summarize(rows, event.userId, { before });
    },
    'memory.recalls-imported': (event, rows) => {
      const memory = rows.get(memoriesTable, event.userId, event.data.memoryId);
      if (!memory) return;
      const recallCount = memory.recallCount + event.data.count;
      rows.put(memoriesTable, { ...memory, recallCount, lastRecalledAt: orderTime(event) });
    },
    'memory.recalled': (event, rows) => {
      for (const memoryId of event.data.memoryIds) {
        const memory = rows.get(memoriesTable, event.userId, memoryId);
        if (!memory) continue;
        // The last recall is the one recorded last, even if the clock was set back in between.
        const lastRecalledAt = orderTime(event);
        rows.put(memoriesTable, { ...memory, recallCount: memory.recallCount + 1, lastRecalledAt });
      }
    },
  },
  retracted: {
    // Its slot stays free, as after a memory that was forgotten: no other memory of the user moves.
    'memory.formed': keepSlot,
  },
  erased: {
    'memory.formed': keepSlot,
  },
});

/** What follows from the texts of a memory. */
type FromText = 'indexId' | 'termCount' | 'questionShare';

function withText(slot: number, memory: Omit<MemoryRow, FromText>): MemoryRow {
  const { content, context } = memory;
  const language = stemmedLanguage(memory.language);
  return {
    ...memory,
    indexId: indexIdOf(slot, content),
    termCount: terms(content, language).length + (context ? terms(context, language).length : 0),
    questionShare: questionShare(content),
  };
}

/** What the column of a field holds for a value in an event. */
function columnValue(field: string, value: unknown): unknown {
  if (field === 'expiresAt') return instantOrNull(value as string | null);
  return value;
}

function instantOrNull(time: string | null | undefined): number | null {
  return time === null || time === undefined ? null : instantMs(time);
}

function isLink(field: string): boolean {
  return field === 'supersedes' || field === 'contradicts';
}

/** Those of the memories that there are: another one may have been taken back since. */
function existing(rows: Rows, userId: string, ids: readonly string[] = []): string[] | null {
  return idList(ids.filter((id) => rows.get(memoriesTable, userId, id)));
}

/** Changes another memory of the user, if there is one. */
function otherMemories(rows: Rows, userId: string): ChangeOther {
  return (memoryId, change) => {
    const other = rows.get(memoriesTable, userId, memoryId);
    if (other) rows.put(memoriesTable, { ...other, ...change(other) });
  };
}
