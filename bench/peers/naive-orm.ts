// The service without its own write path: one MikroORM unit of work and one commit per command.
import { join } from 'node:path';
import { MikroORM, defineEntity, p, type SqlEntityManager } from '@mikro-orm/sqlite';
import { eventSupply, type BenchEvent } from '../events.ts';
import { Tally, answerTask, durability, type PeerResult, type PeerTask } from './peer.ts';
import { PROJECTION_TABLES } from './projection-sql.ts';

const StoredEvent = defineEntity({
  name: 'StoredEvent',
  tableName: 'events',
  properties: {
    position: p.integer().primary().autoincrement(),
    streamId: p.string(),
    version: p.integer(),
    type: p.string(),
    userId: p.string(),
    recordedAt: p.integer(),
    data: p.json<Record<string, unknown>>(),
  },
});
const Profile = defineEntity({
  name: 'Profile',
  properties: {
    userId: p.string().primary(),
    turns: p.integer(),
    fields: p.json<Record<string, unknown>>(),
    updatedAt: p.integer(),
  },
});
const Memory = defineEntity({
  name: 'Memory',
  properties: {
    userId: p.string().primary(),
    memoryId: p.string().primary(),
    type: p.string(),
    content: p.string(),
    context: p.string().nullable(),
    confidence: p.float(),
    importance: p.float(),
    at: p.integer(),
  },
});
const Trend = defineEntity({
  name: 'Trend',
  properties: {
    userId: p.string().primary(),
    emotion: p.string().primary(),
    size: p.string().primary(),
    start: p.integer().primary(),
    count: p.integer(),
    sum: p.float(),
    squares: p.float(),
  },
});
const TurnWindow = defineEntity({
  name: 'TurnWindow',
  properties: {
    userId: p.string().primary(),
    sessionId: p.string().primary(),
    slot: p.integer().primary(),
    turn: p.json<Record<string, unknown>>(),
    at: p.integer(),
  },
});

const EVENTS_TABLE = `create table events (position integer primary key autoincrement, stream_id text not null,
  version integer not null, type text not null, user_id text not null, recorded_at integer not null,
  data text not null, unique (stream_id, version))`;

async function run(task: PeerTask): Promise<PeerResult> {
  const orm = await MikroORM.init({
    entities: [StoredEvent, Profile, Memory, Trend, TurnWindow],
    dbName: join(task.folder, 'naive-orm.db'),
  });
  for (const sql of [
    'pragma journal_mode = wal',
    'pragma synchronous = full',
    EVENTS_TABLE,
    ...PROJECTION_TABLES,
  ]) {
    await orm.em.execute(sql);
  }
  const next = eventSupply(1, 4_000);
  const tally = new Tally(task);
  const writer = async () => {
    while (tally.running()) {
      const events = next();
      await orm.em.fork().transactional((em) => unitOfWork(em, events));
      tally.commands++;
      tally.events += events.length;
    }
  };
  await Promise.all(Array.from({ length: task.writers }, writer));
  const result = tally.result();
  const [row] = await orm.em.execute<{ synchronous: number }[]>('pragma synchronous');
  await orm.close();
  return { ...result, durability: durability('wal', row?.synchronous) };
}

async function unitOfWork(em: SqlEntityManager, events: readonly BenchEvent[]): Promise<void> {
  const now = Date.now();
  for (const { streamId, userId, type, data } of events) {
    const last = await em.findOne(StoredEvent, { streamId }, { orderBy: { version: 'desc' } });
    const version = (last?.version ?? 0) + 1;
    em.persist(em.create(StoredEvent, { streamId, version, type, userId, recordedAt: now, data }));
    await project(em, { streamId, userId, type, data }, now);
  }
}

async function project(em: SqlEntityManager, { userId, type, data }: BenchEvent, now: number): Promise<void> {
  if (type === 'emotion.observed') {
    const emotion = String(data.emotion);
    const intensity = Number(data.intensity);
    for (const [size, ms] of [['hour', 3_600_000] as const, ['day', 86_400_000] as const]) {
      const key = { userId, emotion, size, start: now - (now % ms) };
      const row =
        (await em.findOne(Trend, key)) ?? em.create(Trend, { ...key, count: 0, sum: 0, squares: 0 });
      em.persist(
        Object.assign(row, {
          count: row.count + 1,
          sum: row.sum + intensity,
          squares: row.squares + intensity ** 2,
        }),
      );
    }
  } else if (type === 'memory.formed') {
    const { memoryId, content, context, importance } = data as Record<string, string>;
    const memory = {
      userId,
      memoryId: memoryId!,
      type: String(data.type),
      content: content!,
      context: context ?? null,
    };
    em.persist(em.create(Memory, { ...memory, confidence: 0.8, importance: Number(importance), at: now }));
    await em.execute('insert into memory_text (content) values (?)', [content!]);
  } else {
    const profile =
      (await em.findOne(Profile, { userId })) ??
      em.create(Profile, { userId, turns: 0, fields: {}, updatedAt: now });
    profile.updatedAt = now;
    if (type === 'turn.recorded') {
      profile.turns++;
      const key = { userId, sessionId: String(data.sessionId), slot: profile.turns % 10 };
      const slot =
        (await em.findOne(TurnWindow, key)) ?? em.create(TurnWindow, { ...key, turn: data, at: now });
      em.persist(Object.assign(slot, { turn: data, at: now }));
    } else profile.fields = { ...profile.fields, ...(data.changes as object) };
    em.persist(profile);
  }
}

answerTask(run);
