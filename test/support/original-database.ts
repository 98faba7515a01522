import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/** The tables of the original EdgeSoul, as SQLAlchemy creates them. */
const SCHEMA = `
  create table user_profiles (
    id integer not null primary key autoincrement, user_id varchar(255) not null, name varchar(255),
    gender varchar(50), empathy_level integer, humor_level integer, formality_level integer,
    verbosity_level integer, proactiveness_level integer, preferred_tone varchar(50),
    response_style varchar(50), emoji_usage boolean, voice_enabled boolean, voice_speed float,
    voice_pitch float, auto_speak_responses boolean, interests json, dislikes json,
    communication_patterns json, total_conversations integer, total_messages integer,
    avg_session_length float, created_at datetime, updated_at datetime
  );
  create unique index ix_user_profiles_user_id on user_profiles (user_id);
  create table memories (
    id integer not null primary key autoincrement, memory_id varchar(255) not null,
    user_id varchar(255) not null references user_profiles (user_id), memory_type varchar(50) not null,
    content text not null, context text, confidence float, importance float, access_count integer,
    memory_metadata json, created_at datetime, last_accessed datetime
  );
  create table emotional_patterns (
    id integer not null primary key autoincrement,
    user_id varchar(255) not null references user_profiles (user_id), emotion varchar(50) not null,
    frequency integer, avg_intensity float, triggers json, time_patterns json, trend varchar(50),
    last_occurrence datetime
  );
  create unique index ix_emotional_patterns_user_emotion on emotional_patterns (user_id, emotion);
  create table conversation_contexts (
    id integer not null primary key autoincrement,
    user_id varchar(255) not null unique references user_profiles (user_id),
    session_id varchar(255) not null, messages json, topics json, current_emotion varchar(50),
    emotion_trajectory json, started_at datetime, last_activity datetime
  );
`;
/** Without it, as in a database that was made before, an id may come twice. */
const UNIQUE_MEMORY_IDS = 'create unique index ix_memories_memory_id on memories (memory_id)';

type Values = Record<string, unknown>;

/** A database of the original EdgeSoul, of which a test writes the rows. */
export class OriginalDatabase {
  private constructor(
    readonly folder: string,
    readonly db: Database.Database,
  ) {}

  /** In a folder of its own, with the write-ahead log that the original uses. */
  static async create({ uniqueIds = true }: { uniqueIds?: boolean } = {}): Promise<OriginalDatabase> {
    const folder = await mkdtemp(join(tmpdir(), 'edgesoul-original-'));
    const db = new Database(join(folder, 'edgesoul.db'));
    db.pragma('journal_mode = wal');
    // SQLite checks references only when it is told to, which the original does not do.
    db.pragma('foreign_keys = off');
    db.exec(SCHEMA);
    if (uniqueIds) db.exec(UNIQUE_MEMORY_IDS);
    return new OriginalDatabase(folder, db);
  }

  get file(): string {
    return join(this.folder, 'edgesoul.db');
  }

  /** Adds a row; lists and objects are written as JSON. */
  add(table: string, values: Values): void {
    const names = Object.keys(values);
    const sql = `insert into ${table} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`;
    this.db.prepare(sql).run(...names.map((name) => stored(values[name])));
  }

  profile(userId: string, values: Values = {}): void {
    this.add('user_profiles', { user_id: userId, ...PROFILE, ...values });
  }

  memory(userId: string, memoryId: string, values: Values = {}): void {
    this.add('memories', { user_id: userId, memory_id: memoryId, ...MEMORY, ...values });
  }

  pattern(userId: string, emotion: string, values: Values = {}): void {
    this.add('emotional_patterns', { user_id: userId, emotion, ...PATTERN, ...values });
  }

  context(userId: string, values: Values = {}): void {
    this.add('conversation_contexts', { user_id: userId, session_id: userId, ...CONTEXT, ...values });
  }
}

const CREATED = '2025-03-01 08:00:00.000000';

const PROFILE: Values = {
  gender: 'not_set',
  empathy_level: 75,
  humor_level: 50,
  formality_level: 40,
  verbosity_level: 60,
  proactiveness_level: 50,
  preferred_tone: 'friendly',
  response_style: 'balanced',
  emoji_usage: true,
  voice_enabled: true,
  voice_speed: 1,
  voice_pitch: 1,
  auto_speak_responses: false,
  interests: [],
  dislikes: [],
  communication_patterns: {},
  total_conversations: 0,
  total_messages: 0,
  avg_session_length: 0,
  created_at: CREATED,
  updated_at: '2025-03-02 09:30:00.000000',
};
const MEMORY: Values = {
  memory_type: 'preference',
  content: 'User interest: sailing',
  confidence: 0.8,
  importance: 0.7,
  access_count: 0,
  memory_metadata: {},
  created_at: CREATED,
  last_accessed: CREATED,
};
const PATTERN: Values = {
  frequency: 2,
  avg_intensity: 0.875,
  triggers: [],
  time_patterns: {},
  trend: 'stable',
  last_occurrence: CREATED,
};
const CONTEXT: Values = {
  messages: [],
  topics: [],
  emotion_trajectory: [],
  started_at: CREATED,
  last_activity: CREATED,
};

function stored(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'object' && value !== null && !Buffer.isBuffer(value)
    ? JSON.stringify(value)
    : value;
}
