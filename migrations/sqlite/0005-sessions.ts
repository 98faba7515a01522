import { Migration } from '@mikro-orm/migrations';

/**
 * Sittings, ends and resumptions of sessions. Columns are only added, and may be null: an older release that
 * still works on the same database can go on until the projection is rebuilt.
 */
export class Sessions extends Migration {
  override up(): void {
    for (const sql of SESSIONS) this.addSql(sql);
  }
}

const SESSIONS = [
  'alter table conversation_sessions add column opened_at integer null',
  'alter table conversation_sessions add column sitting_start integer null',
  'alter table conversation_sessions add column last_recorded_at integer null',
  'alter table conversation_sessions add column ended_at integer null',
  'drop index conversation_sessions_newest',
  'create index conversation_sessions_newest on conversation_sessions (user_id, opened_at, session_id)',
  'alter table conversation_summaries add column resumptions integer null',
  'alter table conversation_summaries add column sittings integer null',
  `create table conversation_sittings (
    user_id text not null,
    session_id text not null,
    day integer not null,
    sittings text not null,
    primary key (user_id, session_id, day)
  ) without rowid`,
];
