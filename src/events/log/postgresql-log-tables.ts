import {
  checkpointsTable,
  eventsTable,
  failuresTable,
  receiptsTable,
  skipsTable,
  streamsTable,
} from './log-tables.js';

/**
 * The log's tables as PostgreSQL keeps them: the user leads every key but that of the receipts (a key belongs to the
 * whole service) and of the positions, so that the tables can be partitioned by user.
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
  receiptsTable,
  checkpointsTable,
  failuresTable,
  skipsTable,
];
