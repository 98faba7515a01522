import { Migration } from '@mikro-orm/migrations';

/**
 * Memories are found by ids that carry the order of forming. A term is in the index or not, which takes half the
 * space of knowing where. The projection has a new version, so it is rebuilt at the start.
 */
export class Search extends Migration {
  override up(): void {
    for (const sql of SEARCH) this.addSql(sql);
  }
}

const SEARCH = [
  'alter table memories add column index_id integer null',
  'alter table memories add column stated_at integer null',
  'alter table memories add column question_share real null',
  'drop index memories_newest',
  'create index memories_newest on memories (user_id, occurred_at, formed_position, index_id)',
  'drop index memories_formed',
  'create unique index memories_indexed on memories (user_id, index_id)',
  'drop table memories_fts',
  // The terms arrive stemmed and lower-cased, so FTS5 only splits them at spaces.
  `create virtual table memories_fts using fts5 (
    terms, content = '', contentless_delete = 1, detail = none, tokenize = "ascii tokenchars '_'"
  )`,
  'alter table memory_summaries add column block integer null',
  'alter table memory_summaries add column next_ordinal integer null',
  'alter table memory_summaries add column last_occurred_at integer null',
];
