import type { RowReader } from '../../database/row-store.js';
import { erasureRecordsTable } from '../../events/log/erasure/erasure-tables.js';
import { eventsTable, receiptsTable } from '../../events/log/log-tables.js';
import { PROJECTIONS } from '../../projections/projection-catalog.js';
import type { PendingErasures } from './pending-erasures.js';

const PROJECTED = PROJECTIONS.flatMap(({ tables }) => tables.map(({ name }) => name));

/** Returns the names of the tables that the erasures have removed data from. */
export async function touchedTables(
  reader: { rows: RowReader['list'] },
  { users, retractions }: PendingErasures,
): Promise<string[]> {
  // The command that retracts has changed rows in any of them.
  if (retractions.length > 0) return [eventsTable.name, receiptsTable.name, ...PROJECTED];
  const names = new Set<string>();
  for (const { userId, position } of users) {
    const [record] = await reader.rows(erasureRecordsTable, {
      filters: [
        ['userId', '=', userId],
        ['position', '=', position],
      ],
      order: erasureRecordsTable.key,
      limit: 1,
    });
    // An erasure that an earlier release has begun has no counts.
    const tables = record?.removed ? Object.keys(record.removed.rows) : PROJECTED;
    for (const name of [eventsTable.name, receiptsTable.name, ...tables]) names.add(name);
  }
  return [...names];
}
