import { foreign, type ForeignFile } from '../../store/sqlite/foreign-file.js';

/** The tables of the original, and the columns that are read. */
export const SOURCE_TABLES = {
  user_profiles: [
    'user_id',
    'name',
    'gender',
    'empathy_level',
    'humor_level',
    'formality_level',
    'verbosity_level',
    'proactiveness_level',
    'preferred_tone',
    'response_style',
    'emoji_usage',
    'voice_enabled',
    'voice_speed',
    'voice_pitch',
    'auto_speak_responses',
    'interests',
    'dislikes',
    'communication_patterns',
    'total_conversations',
    'total_messages',
    'avg_session_length',
    'created_at',
    'updated_at',
  ],
  memories: [
    'memory_id',
    'user_id',
    'memory_type',
    'content',
    'context',
    'confidence',
    'importance',
    'access_count',
    'memory_metadata',
    'created_at',
    'last_accessed',
  ],
  emotional_patterns: [
    'user_id',
    'emotion',
    'frequency',
    'avg_intensity',
    'triggers',
    'time_patterns',
    'trend',
    'last_occurrence',
  ],
  conversation_contexts: [
    'user_id',
    'session_id',
    'messages',
    'topics',
    'current_emotion',
    'emotion_trajectory',
    'started_at',
    'last_activity',
  ],
} as const;

/** A table of the original. */
export type SourceTable = keyof typeof SOURCE_TABLES;

export const TABLE_NAMES = Object.keys(SOURCE_TABLES) as SourceTable[];

/** Without these it is another database, or too little of one to know whose rows they are. */
const REQUIRED: Partial<Record<SourceTable, readonly string[]>> = {
  user_profiles: ['user_id'],
  memories: ['memory_id', 'user_id', 'memory_type', 'content'],
};

/** Throws FileRefused unless the file has the tables of the original. */
export function refuseForeign(file: string, source: ForeignFile): void {
  if (source.tables.includes('events') && source.tables.includes('receipts'))
    throw foreign(
      file,
      'it is the database of an EdgeSoul Store itself; see "edgesoul export" and "edgesoul import"',
    );
  for (const [table, columns] of Object.entries(REQUIRED)) {
    const found = source.columns(table);
    const missing = columns.filter((column) => !found.includes(column));
    if (found.length === 0)
      throw foreign(file, `it has no table ${table}; its tables are ${listOf(source.tables)}`);
    if (missing.length > 0) throw foreign(file, `its table ${table} has no column ${missing.join(', ')}`);
  }
}

/**
 * The statement that reads a table: its known columns, and as `row_number` the place of the row, as `copy`
 * which row of the same id it is. Rows come in the order in which they were written; patterns user by user.
 */
export function selectFrom(source: ForeignFile, table: SourceTable): string {
  const found = source.columns(table);
  const columns = SOURCE_TABLES[table].filter((column) => found.includes(column)).map((name) => `"${name}"`);
  const order = table === 'emotional_patterns' ? 'user_id, rowid' : 'rowid';
  const hasCopies = table === 'memories' && !source.isUnique('memories', 'memory_id');
  const copy = hasCopies ? 'row_number() over (partition by user_id, memory_id order by rowid)' : '1';
  return `select rowid as row_number, ${copy} as copy, ${columns.join(', ')} from "${table}" order by ${order}`;
}

function listOf(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.slice(0, 10).join(', ');
}
