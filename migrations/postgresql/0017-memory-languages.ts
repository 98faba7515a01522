import { Migration } from '@mikro-orm/migrations';

/**
 * The language of a memory, and how many memories of each language a user has. Columns are only added, and may be
 * null. The projection has a new version, so it is rebuilt at the start.
 */
export class MemoryLanguages extends Migration {
  override up(): void {
    for (const sql of MEMORY_LANGUAGES) this.addSql(sql);
  }
}

const MEMORY_LANGUAGES = [
  'alter table memories add column language text null',
  'alter table memory_summaries add column languages text null',
];
