import type { BenchEvent } from '../events.ts';

/** The four projections as plain SQL: the least that a store has to write for these events. */
export const PROJECTION_TABLES = [
  `create table if not exists profile (user_id text primary key, turns integer not null, fields text not null,
     updated_at integer not null) without rowid`,
  `create table if not exists memory (user_id text not null, memory_id text not null, type text not null,
     content text not null, context text, confidence real not null, importance real not null, at integer not null,
     primary key (user_id, memory_id)) without rowid`,
  `create virtual table if not exists memory_text using fts5 (content, content = '', tokenize = 'porter unicode61')`,
  `create table if not exists trend (user_id text not null, emotion text not null, size text not null,
     start integer not null, count integer not null, sum real not null, squares real not null,
     primary key (user_id, emotion, size, start)) without rowid`,
  `create table if not exists turn_window (user_id text not null, session_id text not null, slot integer not null,
     turn text not null, at integer not null, primary key (user_id, session_id, slot)) without rowid`,
];

/** The text of a prepared statement, and its values. */
export type SqlWrite = readonly [sql: string, values: readonly (string | number | null)[]];

const COUNT_TURN = `insert into profile values (?, 1, '{}', ?)
  on conflict do update set turns = turns + 1, updated_at = excluded.updated_at`;
const PATCH_PROFILE = `insert into profile values (?, 0, ?, ?)
  on conflict do update set fields = json_patch(fields, excluded.fields), updated_at = excluded.updated_at`;
const ADD_MEMORY = 'insert into memory values (?, ?, ?, ?, ?, ?, ?, ?)';
const INDEX_MEMORY = 'insert into memory_text (content) values (?)';
const ADD_TREND = `insert into trend values (?, ?, 'hour', ?, 1, ?, ?), (?, ?, 'day', ?, 1, ?, ?)
  on conflict do update set count = count + 1, sum = sum + excluded.sum, squares = squares + excluded.squares`;
const KEEP_TURN = `insert or replace into turn_window values (?, ?, ?, ?, ?)`;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The writes of one event; `position` selects the slot in the ring of the last ten turns. */
export function projectionWrites(event: BenchEvent, position: number, now: number): SqlWrite[] {
  const { userId, type } = event;
  const data = event.data as Record<string, string> & { intensity: number; importance: number };
  switch (type) {
    case 'turn.recorded':
      return [
        [COUNT_TURN, [userId, now]],
        [KEEP_TURN, [userId, data.sessionId!, position % 10, JSON.stringify(data), now]],
      ];
    case 'emotion.observed': {
      const { emotion, intensity } = data;
      const cell = (start: number) => [userId, emotion!, start, intensity, intensity * intensity];
      return [[ADD_TREND, [...cell(now - (now % HOUR_MS)), ...cell(now - (now % DAY_MS))]]];
    }
    case 'memory.formed': {
      const { memoryId, content, context, importance } = data;
      return [
        [ADD_MEMORY, [userId, memoryId!, data.type!, content!, context ?? null, 0.8, importance, now]],
        [INDEX_MEMORY, [content!]],
      ];
    }
    default:
      return [[PATCH_PROFILE, [userId, JSON.stringify(data.changes), now]]];
  }
}
