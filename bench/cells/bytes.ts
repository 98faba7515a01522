import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { CommandMaker, userName } from '../bodies.ts';
import type { BenchOptions } from '../options.ts';
import type { BytesReport } from '../report.ts';
import { startFresh, type Scratch } from '../scratch.ts';
import { loadCommands, type BatchCommand } from '../seed.ts';

/** A user-week: ten turns a day, each with an emotion, and five memories. */
const TURNS = 70;
const MEMORIES = 5;
const COMMANDS_PER_USER = TURNS + MEMORIES;
const WEEK_MS = 7 * 86_400_000;

/** Measures the disk that an event takes, including its rows, indexes and a receipt for every command. */
export async function measureBytes(options: BenchOptions, scratch: Scratch): Promise<BytesReport> {
  const users = options.quick ? 40 : 400;
  const { service, data } = await startFresh(scratch, 'bytes');
  const maker = new CommandMaker(21);
  const monday = Date.parse('2025-06-02T08:00:00Z');
  // The users take turns within the same week, as they would in a real service.
  const make = (number: number): BatchCommand => {
    const step = Math.floor(number / users);
    const occurredAt = new Date(monday + (step / COMMANDS_PER_USER) * WEEK_MS).toISOString();
    const command = maker.make(step % 15 === 14 ? 'FormMemory' : 'RecordTurn', userName(number % users));
    return { ...command, occurredAt, idempotencyKey: randomUUID() };
  };
  try {
    await loadCommands(service.url, { label: 'user-weeks', count: users * COMMANDS_PER_USER, make });
  } finally {
    await service.stop();
  }
  const file = join(data, 'edgesoul.db');
  const db = new Database(file);
  db.pragma('wal_checkpoint(truncate)');
  const events = db.prepare('select count(*) from events').pluck().get() as number;
  const largest = db
    .prepare('select name, sum(pgsize) bytes from dbstat group by name order by bytes desc limit 12')
    .all() as { name: string; bytes: number }[];
  db.close();
  const fileBytes = statSync(file).size;
  return {
    users,
    turnsPerUserWeek: TURNS,
    memoriesPerUserWeek: MEMORIES,
    events,
    fileBytes,
    bytesPerEvent: fileBytes / events,
    bytesPerUserWeek: fileBytes / users,
    largest,
  };
}
