import { Migration } from '@mikro-orm/migrations';

/** What counts against quotas, and who read what of a person; neither has a row until it is turned on. */
export class UsageAndReads extends Migration {
  override up(): void {
    for (const sql of USAGE_AND_READS) this.addSql(sql);
  }
}

const USAGE_AND_READS = [
  `create table quota_usage (
    user_id text collate "C" not null primary key,
    position bigint not null,
    hash text not null,
    day bigint not null,
    events bigint not null,
    bytes bigint not null,
    memories bigint not null
  )`,
  `create table person_reads (
    user_id text collate "C" not null,
    at bigint not null,
    read_id text collate "C" not null,
    key_name text not null,
    scopes text not null,
    method text not null,
    route text not null,
    status bigint not null,
    request_id text not null,
    primary key (user_id, at, read_id)
  )`,
  'create index person_reads_at on person_reads (at)',
];
