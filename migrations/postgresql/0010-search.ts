import { Migration } from '@mikro-orm/migrations';

/**
 * Memories are found by ids that carry the order of forming. Columns are only added, and may be null: an older
 * release that still works on the same database can go on until the projection is rebuilt.
 */
export class Search extends Migration {
  override up(): void {
    for (const sql of SEARCH) this.addSql(sql);
  }
}

const SEARCH = [
  'alter table memories add column index_id bigint null',
  'alter table memories add column stated_at bigint null',
  'alter table memories add column question_share double precision null',
  'drop index memories_newest',
  'create index memories_newest on memories (user_id, occurred_at, formed_position, index_id)',
  'drop index memories_formed',
  'create unique index memories_indexed on memories (user_id, index_id)',
  'alter table memory_summaries add column block bigint null',
  'alter table memory_summaries add column next_ordinal bigint null',
  'alter table memory_summaries add column last_occurred_at bigint null',
];
