import { Migration } from '@mikro-orm/migrations';

/**
 * What each erasure has removed, for its certificate; and whose id is a new user's since. Of earlier erasures
 * there are no counts.
 */
export class ErasureRecords extends Migration {
  override up(): void {
    for (const sql of ERASURE_RECORDS) this.addSql(sql);
  }
}

/** The parts of a UUID in its hex digits: where each begins, and how long it is. */
const UUID_PARTS = [
  [1, 8],
  [9, 4],
  [13, 4],
  [17, 4],
  [21, 12],
] as const;

const EVENT_ID = UUID_PARTS.map(
  ([from, length]) => `lower(substr(hex(e.event_id), ${from}, ${length}))`,
).join(` || '-' || `);

const ERASURE_RECORDS = [
  'alter table erasures add column reopened integer null',
  `create table erasure_records (
    position integer not null, erasure_id text not null, user_id text not null,
    removed text null, ended_at integer null, primary key (user_id, position)
  ) without rowid`,
  'create unique index erasure_records_id on erasure_records (erasure_id)',
  'create unique index erasure_records_position on erasure_records (position)',
  `insert into erasure_records (position, erasure_id, user_id)
   select e.position, ${EVENT_ID}, e.user_id from erasures r join events e on e.position = r.position`,
];
