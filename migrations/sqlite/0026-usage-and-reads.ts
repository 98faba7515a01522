import { Migration } from '@mikro-orm/migrations';

/** What counts against quotas, and who read what of a person; neither has a row until it is turned on. */
export class UsageAndReads extends Migration {
  override up(): void {
    for (const sql of USAGE_AND_READS) this.addSql(sql);
  }
}

const USAGE_AND_READS = [
  `create table quota_usage (
    user_id text not null primary key,
    position integer not null,
    hash text not null,
    day integer not null,
    events integer not null,
    bytes integer not null,
    memories integer not null
  ) without rowid`,
  `create table person_reads (
    user_id text not null,
    at integer not null,
    read_id text not null,
    key_name text not null,
    scopes text not null,
    method text not null,
    route text not null,
    status integer not null,
    request_id text not null,
    primary key (user_id, at, read_id)
  ) without rowid`,
  'create index person_reads_at on person_reads (at)',
];
