import { Migration } from '@mikro-orm/migrations';

/** For operators: receipts by position, why a projection stopped, and which events it skips. */
export class Operations extends Migration {
  override up(): void {
    for (const sql of OPERATIONS) this.addSql(sql);
  }
}

const OPERATIONS = [
  'create index receipts_position on receipts (position, idempotency_key)',
  `create table failures (
    projection text collate "C" not null primary key,
    position bigint not null,
    event_id text collate "C" not null,
    cause text not null,
    failed_at bigint not null
  )`,
  `create table skips (
    projection text collate "C" not null,
    event_id text collate "C" not null,
    position bigint not null,
    cause text not null,
    skipped_at bigint not null,
    primary key (projection, event_id)
  )`,
];
