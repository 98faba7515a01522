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
  'alter table conversation_sessions add column opened_at bigint null',
  'alter table conversation_sessions add column sitting_start bigint null',
  'alter table conversation_sessions add column last_recorded_at bigint null',
  'alter table conversation_sessions add column ended_at bigint null',
  'drop index conversation_sessions_newest',
  'create index conversation_sessions_newest on conversation_sessions (user_id, opened_at, session_id)',
  'alter table conversation_summaries add column resumptions bigint null',
  'alter table conversation_summaries add column sittings bigint null',
  `create table conversation_sittings (
    user_id text collate "C" not null,
    session_id text collate "C" not null,
    day bigint not null,
    sittings text not null,
    primary key (user_id, session_id, day)
  )`,
];
