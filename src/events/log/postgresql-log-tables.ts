import {
  checkpointsTable,
  eventsTable,
  failuresTable,
  givenUpEndsTable,
  receiptsTable,
  skipsTable,
  storeIdentityTable,
  storeMarksTable,
  streamsTable,
} from './log-tables.js';

/**
 * The log's tables in PostgreSQL. The keys of events and streams begin with the user, so that these tables
 * can be partitioned by user. Only positions are unique across all users.
 */
export const POSTGRESQL_LOG_TABLES = [
  {
    ...eventsTable,
    key: ['userId', 'position'],
    indexes: [
      { name: 'events_position', columns: ['position'], unique: true },
      { name: 'events_stream', columns: ['userId', 'streamKey', 'version'], unique: true },
    ],
  },
  { ...streamsTable, indexes: [{ name: 'streams_key', columns: ['userId', 'streamKey'], unique: true }] },
  // The primary key finds a receipt here.
  { ...receiptsTable, indexes: receiptsTable.indexes.filter(({ name }) => name !== 'receipts_key') },
  checkpointsTable,
  failuresTable,
  skipsTable,
  storeIdentityTable,
  givenUpEndsTable,
  storeMarksTable,
];
