import { Migration } from '@mikro-orm/migrations';

/** What memories say, and their pins, expiries and links; the rows are folded again by the newer version. */
export class MemoryLife extends Migration {
  override up(): void {
    for (const sql of MEMORY_LIFE) this.addSql(sql);
  }
}

const MEMORY_LIFE = [
  'alter table memories add column pinned boolean null',
  'alter table memories add column expires_at bigint null',
  'alter table memories add column supersedes text null',
  'alter table memories add column superseded_by text null',
  'alter table memories add column contradicts text null',
  'alter table memory_summaries add column pinned text null',
  `create table memory_statements (
    user_id text collate "C" not null,
    statement text collate "C" not null,
    memory_id text not null,
    primary key (user_id, statement)
  )`,
  `create table memory_expiries (
    user_id text collate "C" not null,
    expires_at bigint not null,
    memory_id text collate "C" not null,
    type text not null,
    primary key (user_id, expires_at, memory_id)
  )`,
];
