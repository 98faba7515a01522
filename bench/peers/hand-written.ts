// The upper limit: no service, only prepared statements on one better-sqlite3 connection, one commit per
// batch.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { eventSupply, type BenchEvent } from '../events.ts';
import { Tally, answerTask, durability, type PeerResult, type PeerTask } from './peer.ts';
import { PROJECTION_TABLES, projectionWrites } from './projection-sql.ts';

const EVENTS_TABLE = `create table events (position integer primary key, event_id text not null, stream_id text not null,
  version integer not null, type text not null, user_id text not null, recorded_at integer not null,
  data text not null, unique (stream_id, version))`;

class HandWritten {
  private readonly db: Database.Database;
  private readonly insert: Database.Statement;
  private readonly statements = new Map<string, Database.Statement>();
  private readonly versions = new Map<string, number>();
  private readonly projections: boolean;
  private position = 0;
  readonly durability: string;

  constructor(file: string, projections: boolean) {
    this.projections = projections;
    this.db = new Database(file);
    this.db.pragma('journal_mode = wal');
    this.db.pragma('synchronous = full');
    this.db.pragma('wal_autocheckpoint = 16000');
    this.db.pragma('cache_size = -65536');
    for (const sql of [EVENTS_TABLE, ...PROJECTION_TABLES]) this.db.exec(sql);
    this.insert = this.db.prepare('insert into events values (?, ?, ?, ?, ?, ?, ?, ?)');
    const synchronous = this.db.pragma('synchronous', { simple: true });
    this.durability = durability(this.db.pragma('journal_mode', { simple: true }), synchronous);
  }

  commit(commands: readonly BenchEvent[][]): void {
    const now = Date.now();
    this.db.exec('begin immediate');
    for (const events of commands) for (const event of events) this.append(event, now);
    this.db.exec('commit');
  }

  close(): void {
    this.db.close();
  }

  private append(event: BenchEvent, now: number): void {
    const { streamId, type, userId, data } = event;
    const version = (this.versions.get(streamId) ?? 0) + 1;
    this.versions.set(streamId, version);
    const position = ++this.position;
    this.insert.run(position, randomUUID(), streamId, version, type, userId, now, JSON.stringify(data));
    if (!this.projections) return;
    for (const [sql, values] of projectionWrites(event, position, now)) this.prepared(sql).run(...values);
  }

  private prepared(sql: string): Database.Statement {
    let statement = this.statements.get(sql);
    if (!statement) this.statements.set(sql, (statement = this.db.prepare(sql)));
    return statement;
  }
}

async function run(task: PeerTask): Promise<PeerResult> {
  const store = new HandWritten(join(task.folder, 'hand-written.db'), task.projections);
  const next = eventSupply(1, 4_000);
  const tally = new Tally(task);
  while (tally.running()) {
    const batch = Array.from({ length: task.writers }, next);
    store.commit(batch);
    tally.commands += batch.length;
    tally.events += batch.reduce((sum, list) => sum + list.length, 0);
  }
  const result = tally.result();
  store.close();
  return { ...result, durability: store.durability };
}

answerTask(run);
