import { Migration } from '@mikro-orm/migrations';

/**
 * The log, its receipts and checkpoints, and the tables of the four projections. Text in keys is compared by
 * its bytes, as in SQLite, whatever the locale of the database.
 */
export class Initial extends Migration {
  override up(): void {
    for (const sql of [...LOG, ...PROFILE, ...MEMORY, ...EMOTION, ...CONVERSATION]) this.addSql(sql);
  }
}

const LOG = [
  `create table events (
    position bigint not null,
    event_id bytea not null,
    user_id text collate "C" not null,
    stream_key bigint not null,
    version bigint not null,
    type text not null,
    schema_version bigint not null,
    occurred_at bigint not null,
    utc_offset bigint not null,
    recorded_at bigint not null,
    command_id bytea not null,
    correlation_id text null,
    causation_id bytea null,
    actor text not null,
    data text not null,
    hash bytea not null,
    primary key (user_id, position)
  )`,
  'create unique index events_position on events (position)',
  'create unique index events_stream on events (user_id, stream_key, version)',
  `create function events_are_immutable() returns trigger language plpgsql as
   $$ begin raise exception 'events are immutable'; end $$`,
  `create trigger events_no_change before update or delete on events
   for each row execute function events_are_immutable()`,
  `create trigger events_no_truncate before truncate on events
   for each statement execute function events_are_immutable()`,
  `create table streams (
    user_id text collate "C" not null, stream_id text collate "C" not null, stream_key bigint not null,
    primary key (user_id, stream_id)
  )`,
  'create unique index streams_key on streams (user_id, stream_key)',
  `create table receipts (
    idempotency_key text collate "C" not null primary key,
    user_id text collate "C" not null,
    request_hash bytea not null,
    status bigint not null,
    body text not null,
    position bigint not null,
    recorded_at bigint not null
  )`,
  `create table checkpoints (
    projection text collate "C" not null primary key, version bigint not null, position bigint not null
  )`,
];

const PROFILE = [
  `create table profiles (
    user_id text collate "C" not null primary key,
    name text null,
    gender text not null,
    empathy_level bigint not null,
    humor_level bigint not null,
    formality_level bigint not null,
    verbosity_level bigint not null,
    proactiveness_level bigint not null,
    preferred_tone text not null,
    response_style text not null,
    emoji_usage boolean not null,
    voice text not null,
    interests text not null,
    dislikes text not null,
    communication_patterns text not null,
    utc_offset bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    version bigint not null,
    position bigint not null
  )`,
];

const MEMORY = [
  `create table memories (
    user_id text collate "C" not null,
    memory_id text collate "C" not null,
    formed_position bigint not null,
    type text not null,
    content text not null,
    context text null,
    confidence double precision not null,
    importance double precision not null,
    metadata text not null,
    recall_count bigint not null,
    last_recalled_at bigint null,
    term_count bigint not null,
    occurred_at bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    version bigint not null,
    position bigint not null,
    primary key (user_id, memory_id)
  )`,
  'create index memories_newest on memories (user_id, occurred_at, formed_position)',
  'create unique index memories_formed on memories (user_id, formed_position)',
  // The terms arrive stemmed, lower-cased and with the user's prefix, as in SQLite.
  `create table memories_fts (
    user_id text collate "C" not null,
    id bigint not null,
    terms text not null,
    search tsvector generated always as (array_to_tsvector(string_to_array(terms, ' '))) stored,
    primary key (user_id, id)
  )`,
  // No pending list: every search would have to scan it.
  'create index memories_fts_search on memories_fts using gin (search) with (fastupdate = off)',
  `create table memory_summaries (
    user_id text collate "C" not null primary key,
    total bigint not null,
    by_type text not null,
    terms bigint not null,
    newest_at bigint not null
  )`,
];

const EMOTION = [
  `create table emotion_patterns (
    user_id text collate "C" not null,
    emotion text collate "C" not null,
    frequency bigint not null,
    mean_intensity double precision not null,
    squared_distances double precision not null,
    hours text not null,
    first_at bigint not null,
    last_at bigint not null,
    primary key (user_id, emotion)
  )`,
  `create table emotion_days (
    user_id text collate "C" not null,
    day bigint not null,
    emotion text collate "C" not null,
    quarters text not null,
    primary key (user_id, day, emotion)
  )`,
  `create table emotion_triggers (
    user_id text collate "C" not null,
    emotion text collate "C" not null,
    trigger text collate "C" not null,
    count bigint not null,
    turns text not null,
    primary key (user_id, emotion, trigger)
  )`,
];

const CONVERSATION = [
  `create table conversation_sessions (
    user_id text collate "C" not null,
    session_id text collate "C" not null,
    turn_count bigint not null,
    started_at bigint not null,
    last_activity_at bigint not null,
    ended boolean not null,
    slots text not null,
    topics text not null,
    emotions text not null,
    position bigint not null,
    primary key (user_id, session_id)
  )`,
  'create index conversation_sessions_newest on conversation_sessions (user_id, started_at, session_id)',
  `create table conversation_turns (
    user_id text collate "C" not null,
    session_id text collate "C" not null,
    slot bigint not null,
    turn_id text not null,
    user_message text not null,
    assistant_message text not null,
    emotion text null,
    occurred_at bigint not null,
    position bigint not null,
    primary key (user_id, session_id, slot)
  )`,
  `create table conversation_summaries (
    user_id text collate "C" not null primary key,
    current_session_id text collate "C" not null,
    sessions bigint not null,
    turns bigint not null,
    session_ms bigint not null,
    first_activity_at bigint not null,
    last_activity_at bigint not null
  )`,
  'create table activity_days (user_id text collate "C" not null, day bigint not null, primary key (user_id, day))',
];
