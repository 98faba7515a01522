import { defineTable, integer, nullable, text, type RowIn } from '../../../database/table.js';

/**
 * How far a retraction is that erases data: while it is pending, some data is still there, and nobody reads
 * it.
 */
export const ERASURE_STEPS = { done: 0, pending: 1 } as const;

/**
 * The retractions: one row per `events.retracted`, written with it. Ids and positions only; an erasure of the
 * user removes them.
 */
export const retractionsTable = defineTable(
  'retractions',
  {
    userId: text(),
    /** Position of the event. */
    position: integer(),
    retractionId: text(),
    /** Position of the event that undid it; null while it stands. */
    restoredAt: nullable(integer()),
    /** Whether it erases the data of its events: null if it does not, else one of ERASURE_STEPS. */
    erasure: nullable(integer()),
  },
  {
    key: ['userId', 'position'],
    indexes: [{ name: 'retractions_erasure', columns: ['erasure', 'position'] }],
  },
);

/** What each retraction took back: one row per event and retraction. An event may be taken back several times. */
export const retractedEventsTable = defineTable(
  'retracted_events',
  {
    userId: text(),
    /** Position of the event that was taken back, */
    position: integer(),
    /** and of the retraction. */
    retraction: integer(),
  },
  {
    key: ['userId', 'position', 'retraction'],
    indexes: [{ name: 'retracted_events_position', columns: ['position'] }],
  },
);

export type RetractionRow = RowIn<typeof retractionsTable>;
