import { Migration } from '@mikro-orm/migrations';

/**
 * The rows of the conversation window are wide: in a table without rowid, each spills into an overflow page;
 * in a table with rowid it does not. The new tables are empty, and the projection has a new version, so it is
 * rebuilt at the start.
 */
export class WindowRows extends Migration {
  override up(): void {
    for (const sql of WINDOW) this.addSql(sql);
  }
}

const WINDOW = [
  'drop table conversation_sessions',
  `create table conversation_sessions (
    user_id text not null,
    session_id text not null,
    turn_count integer not null,
    started_at integer not null,
    last_activity_at integer not null,
    ended integer not null,
    slots text not null,
    topics text not null,
    emotions text not null,
    position integer not null,
    primary key (user_id, session_id)
  )`,
  'create index conversation_sessions_newest on conversation_sessions (user_id, started_at, session_id)',
  'drop table conversation_turns',
  `create table conversation_turns (
    user_id text not null,
    session_id text not null,
    slot integer not null,
    turn_id text not null,
    user_message text not null,
    assistant_message text not null,
    emotion text null,
    occurred_at integer not null,
    position integer not null,
    primary key (user_id, session_id, slot)
  )`,
];
