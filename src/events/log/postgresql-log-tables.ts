import type { Table } from '../../database/table.js';
import { eventsTable, LOG_TABLES, receiptsTable, streamsTable } from './log-tables.js';

/** The tables that differ in PostgreSQL, by name. */
const DIFFERENT: Readonly<Record<string, Table>> = {
  [eventsTable.name]: {
    ...eventsTable,
    key: ['userId', 'position'],
    indexes: [
      { name: 'events_position', columns: ['position'], unique: true },
      { name: 'events_stream', columns: ['userId', 'streamKey', 'version'], unique: true },
    ],
  },
  [streamsTable.name]: {
    ...streamsTable,
    indexes: [{ name: 'streams_key', columns: ['userId', 'streamKey'], unique: true }],
  },
  // The primary key finds a receipt here.
  [receiptsTable.name]: {
    ...receiptsTable,
    indexes: receiptsTable.indexes.filter(({ name }) => name !== 'receipts_key'),
  },
};

/**
 * The log's tables in PostgreSQL. The keys of events and streams begin with the user, so that these tables
 * can be partitioned by user. Only positions are unique across all users.
 */
export const POSTGRESQL_LOG_TABLES: readonly Table[] = LOG_TABLES.map(
  (table: Table) => DIFFERENT[table.name] ?? table,
);
