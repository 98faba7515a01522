// The yardstick of a rebuild: one pass over the same rows folds the four projections into maps. Then the rows
// are inserted in bulk into a new file, with one commit, and the full-text index is built from them at the
// end.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { PROJECTION_TABLES } from './projection-sql.ts';

const EVENTS_PER_PAGE = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface EventRow {
  position: number;
  type: string;
  userId: string;
  at: number;
  data: string | Buffer;
}

interface Bucket {
  count: number;
  sum: number;
  squares: number;
}

type Data = Record<string, unknown>;

class Folds {
  readonly profiles = new Map<string, { turns: number; fields: Data; at: number }>();
  readonly memories = new Map<string, unknown[]>();
  readonly trend = new Map<string, Bucket & { key: unknown[] }>();
  readonly windows = new Map<string, unknown[]>();

  fold({ position, type, userId, at, data: text }: EventRow): void {
    const data = JSON.parse(text.toString()) as Data;
    switch (type) {
      case 'turn.recorded': {
        const profile = this.profile(userId, at);
        profile.turns++;
        const slot = position % 10;
        this.windows.set(`${userId} ${String(data.sessionId)} ${slot}`, [
          userId,
          data.sessionId,
          slot,
          JSON.stringify(data),
          at,
        ]);
        break;
      }
      case 'emotion.observed':
        this.observe(userId, data, ['hour', at - (at % HOUR_MS)]);
        this.observe(userId, data, ['day', at - (at % DAY_MS)]);
        break;
      case 'memory.formed': {
        const { memoryId, type: kind, content, context, confidence, importance } = data;
        const id = `${userId} ${String(memoryId)}`;
        this.memories.set(id, [userId, memoryId, kind, content, context ?? null, confidence, importance, at]);
        break;
      }
      case 'profile.changed': {
        const { fields } = this.profile(userId, at);
        for (const [field, { to }] of Object.entries(data.changes as Record<string, { to: unknown }>))
          fields[field] = to;
        break;
      }
      default:
    }
  }

  private profile(userId: string, at: number) {
    let profile = this.profiles.get(userId);
    if (!profile) this.profiles.set(userId, (profile = { turns: 0, fields: {}, at }));
    profile.at = at;
    return profile;
  }

  private observe(userId: string, data: Data, [size, start]: [string, number]): void {
    const emotion = String(data.emotion);
    const intensity = Number(data.intensity);
    const id = `${userId} ${emotion} ${size} ${start}`;
    let bucket = this.trend.get(id);
    if (!bucket)
      this.trend.set(id, (bucket = { key: [userId, emotion, size, start], count: 0, sum: 0, squares: 0 }));
    bucket.count++;
    bucket.sum += intensity;
    bucket.squares += intensity * intensity;
  }
}

function writeRows(db: Database.Database, folds: Folds): void {
  for (const sql of PROJECTION_TABLES) db.exec(sql);
  const insert = (table: string, columns: number) =>
    db.prepare(`insert into ${table} values (${Array.from({ length: columns }, () => '?').join(', ')})`);
  db.exec('begin');
  const [profile, memory, trend, turn] = [
    insert('profile', 4),
    insert('memory', 8),
    insert('trend', 7),
    insert('turn_window', 5),
  ];
  for (const [userId, { turns, fields, at }] of folds.profiles)
    profile.run(userId, turns, JSON.stringify(fields), at);
  for (const row of folds.memories.values()) memory.run(row);
  for (const { key, count, sum, squares } of folds.trend.values()) trend.run([...key, count, sum, squares]);
  for (const row of folds.windows.values()) turn.run(row);
  db.exec('insert into memory_text (content) select content from memory');
  db.exec('commit');
}

process.once('message', (message) => {
  const { folder } = message as { folder: string };
  const log = new Database(join(folder, 'edgesoul.db'), { readonly: true });
  const page = log.prepare(
    'select position, type, user_id as userId, recorded_at as at, data from events where position > ? order by position limit ?',
  );
  const start = performance.now();
  const folds = new Folds();
  let events = 0;
  for (let after = 0; ;) {
    const rows = page.all(after, EVENTS_PER_PAGE) as EventRow[];
    if (rows.length === 0) break;
    for (const row of rows) folds.fold(row);
    events += rows.length;
    after = rows.at(-1)!.position;
  }
  const db = new Database(join(folder, 'by-hand.db'));
  db.pragma('journal_mode = wal');
  db.pragma('synchronous = full');
  writeRows(db, folds);
  db.close();
  process.send!({ events, seconds: (performance.now() - start) / 1000 });
});
process.once('disconnect', () => process.exit());
