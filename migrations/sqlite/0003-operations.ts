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
    projection text not null primary key,
    position integer not null,
    event_id text not null,
    cause text not null,
    failed_at integer not null
  ) without rowid`,
  `create table skips (
    projection text not null,
    event_id text not null,
    position integer not null,
    cause text not null,
    skipped_at integer not null,
    primary key (projection, event_id)
  ) without rowid`,
];
