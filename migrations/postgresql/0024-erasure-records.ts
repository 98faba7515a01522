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

const ERASURE_RECORDS = [
  'alter table erasures add column reopened bigint null',
  `create table erasure_records (
    position bigint not null, erasure_id text collate "C" not null,
    user_id text collate "C" not null, removed text null, ended_at bigint null,
    primary key (user_id, position)
  )`,
  'create unique index erasure_records_id on erasure_records (erasure_id)',
  'create unique index erasure_records_position on erasure_records (position)',
  `insert into erasure_records (position, erasure_id, user_id)
   select e.position, encode(e.event_id, 'hex')::uuid::text, e.user_id
   from erasures r join events e on e.position = r.position`,
];
