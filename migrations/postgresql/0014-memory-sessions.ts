import { Migration } from '@mikro-orm/migrations';

/** The session and the turn of a memory; events of before say neither, so older rows are right as they are. */
export class MemorySessions extends Migration {
  override up(): void {
    for (const sql of MEMORY_SESSIONS) this.addSql(sql);
  }
}

const MEMORY_SESSIONS = [
  'alter table memories add column session_id text null',
  'alter table memories add column turn_id text null',
];
