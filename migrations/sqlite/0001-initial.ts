import { Migration } from '@mikro-orm/migrations';

/** The log, its receipts and checkpoints, and the tables of the four projections. */
export class Initial extends Migration {
  override up(): void {
    for (const sql of [...LOG, ...PROFILE, ...MEMORY, ...EMOTION, ...CONVERSATION]) this.addSql(sql);
  }
}

const immutable = (table: string, event: string) =>
  `create trigger ${table}_no_${event} before ${event} on ${table}
   begin select raise(abort, 'events are immutable'); end`;

const LOG = [
  `create table events (
    position integer not null primary key autoincrement,
    event_id blob not null,
    user_id text not null,
    stream_key integer not null,
    version integer not null,
    type text not null,
    schema_version integer not null,
    occurred_at integer not null,
    utc_offset integer not null,
    recorded_at integer not null,
    command_id blob not null,
    correlation_id text null,
    causation_id blob null,
    actor text not null,
    data blob not null,
    hash blob not null
  )`,
  'create unique index events_stream on events (stream_key, version)',
  'create index events_user on events (user_id, position)',
  immutable('events', 'update'),
  immutable('events', 'delete'),
  `create table streams (
    user_id text not null, stream_id text not null, stream_key integer not null,
    primary key (user_id, stream_id)
  ) without rowid`,
  'create unique index streams_key on streams (stream_key)',
  `create table receipts (
    idempotency_key text not null primary key,
    user_id text not null,
    request_hash blob not null,
    status integer not null,
    body text not null,
    position integer not null,
    recorded_at integer not null
  ) without rowid`,
  `create table checkpoints (
    projection text not null primary key, version integer not null, position integer not null
  ) without rowid`,
];

const PROFILE = [
  `create table profiles (
    user_id text not null primary key,
    name text null,
    gender text not null,
    empathy_level integer not null,
    humor_level integer not null,
    formality_level integer not null,
    verbosity_level integer not null,
    proactiveness_level integer not null,
    preferred_tone text not null,
    response_style text not null,
    emoji_usage integer not null,
    voice text not null,
    interests text not null,
    dislikes text not null,
    communication_patterns text not null,
    utc_offset integer not null,
    created_at integer not null,
    updated_at integer not null,
    version integer not null,
    position integer not null
  ) without rowid`,
];

const MEMORY = [
  `create table memories (
    user_id text not null,
    memory_id text not null,
    formed_position integer not null,
    type text not null,
    content text not null,
    context text null,
    confidence real not null,
    importance real not null,
    metadata text not null,
    recall_count integer not null,
    last_recalled_at integer null,
    term_count integer not null,
    occurred_at integer not null,
    created_at integer not null,
    updated_at integer not null,
    version integer not null,
    position integer not null,
    primary key (user_id, memory_id)
  ) without rowid`,
  'create index memories_newest on memories (user_id, occurred_at, formed_position)',
  'create unique index memories_formed on memories (user_id, formed_position)',
  // The terms arrive stemmed and lower-cased, so FTS5 only splits them at spaces.
  `create virtual table memories_fts using fts5 (
    terms, content = '', contentless_delete = 1, tokenize = "ascii tokenchars '_'"
  )`,
  `create table memory_summaries (
    user_id text not null primary key,
    total integer not null,
    by_type text not null,
    terms integer not null,
    newest_at integer not null
  ) without rowid`,
];

const EMOTION = [
  `create table emotion_patterns (
    user_id text not null,
    emotion text not null,
    frequency integer not null,
    mean_intensity real not null,
    squared_distances real not null,
    hours text not null,
    first_at integer not null,
    last_at integer not null,
    primary key (user_id, emotion)
  ) without rowid`,
  `create table emotion_days (
    user_id text not null,
    day integer not null,
    emotion text not null,
    quarters text not null,
    primary key (user_id, day, emotion)
  ) without rowid`,
  `create table emotion_triggers (
    user_id text not null,
    emotion text not null,
    trigger text not null,
    count integer not null,
    turns text not null,
    primary key (user_id, emotion, trigger)
  ) without rowid`,
];

const CONVERSATION = [
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
  ) without rowid`,
  'create index conversation_sessions_newest on conversation_sessions (user_id, started_at, session_id)',
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
  ) without rowid`,
  `create table conversation_summaries (
    user_id text not null primary key,
    current_session_id text not null,
    sessions integer not null,
    turns integer not null,
    session_ms integer not null,
    first_activity_at integer not null,
    last_activity_at integer not null
  ) without rowid`,
  'create table activity_days (user_id text not null, day integer not null, primary key (user_id, day)) without rowid',
];
