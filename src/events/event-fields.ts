import type { Column } from '../formats/column.js';

/**
 * The columns of events as rows: the envelope, with the user's offset from UTC in minutes, and the data of
 * the newest schema version, null if it was erased. A decoded event is such a row.
 */
export const EVENT_FIELDS: readonly Column[] = [
  { name: 'position', type: 'integer', nullable: false },
  { name: 'eventId', type: 'text', nullable: false },
  { name: 'streamId', type: 'text', nullable: false },
  { name: 'version', type: 'integer', nullable: false },
  { name: 'type', type: 'text', nullable: false },
  { name: 'schemaVersion', type: 'integer', nullable: false },
  { name: 'userId', type: 'text', nullable: false },
  { name: 'occurredAt', type: 'timestamp', nullable: false },
  { name: 'utcOffset', type: 'integer', nullable: false },
  { name: 'recordedAt', type: 'timestamp', nullable: false },
  { name: 'commandId', type: 'text', nullable: false },
  { name: 'correlationId', type: 'text', nullable: false },
  { name: 'causationId', type: 'text', nullable: true },
  { name: 'actor', type: 'text', nullable: false },
  { name: 'data', type: 'json', nullable: true },
];
