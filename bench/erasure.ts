import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Table from 'cli-table3';

// Prints how long an erasure takes, and how long the commands of another user wait meanwhile:
// `npm run bench:erasure -- [events of the user …]`, 10,000 and 100,000 by default.
const SIZES = process.argv.slice(2).map(Number);
const PORT = 4_871;
const URL_BASE = `http://127.0.0.1:${PORT}`;
const COMMANDS_PER_BATCH = 500;
/** Pause between two commands of the other user, ms. */
const EVERY_MS = 5;
const BESIDE = 200;

async function send(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const headers = body ? { 'content-type': 'application/json' } : undefined;
  const init = { method, ...(headers && { headers, body: JSON.stringify(body) }) };
  const response = await fetch(`${URL_BASE}${path}`, init);
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}

/** Of ten commands, six are turns with an emotion (two events each), and four are memories. */
function command(userId: string, i: number): object {
  const words = `word${i % 997} word${i % 89} and some more of what people say to each other, every day`;
  if (i % 10 < 6)
    return {
      command: 'RecordTurn',
      userId,
      sessionId: `s${Math.floor(i / 100)}`,
      userMessage: words,
      assistantMessage: words,
      emotion: { label: 'joy', intensity: 0.5 },
    };
  return { command: 'FormMemory', userId, memoryId: `m${i}`, type: 'fact', content: `${i} ${words}` };
}

async function fill(userId: string, events: number): Promise<number> {
  let position = 0;
  const { head: before } = (await send('GET', '/v1/events?limit=1')) as { head: number };
  for (let next = 0; position - before < events; next += COMMANDS_PER_BATCH) {
    const commands = Array.from({ length: COMMANDS_PER_BATCH }, (_, i) => command(userId, next + i));
    await send('POST', '/v1/commands', { commands });
    ({ head: position } = (await send('GET', '/v1/events?limit=1')) as { head: number });
  }
  return position - before;
}

/** Sends commands of another user until it is stopped; returns how long each took, ms. */
async function besides(stopped: AbortSignal): Promise<number[]> {
  const times: number[] = [];
  while (!stopped.aborted) {
    const started = performance.now();
    await send('POST', '/v1/users/other/emotions', { emotion: 'joy', intensity: 0.5 });
    times.push(performance.now() - started);
    await pause(EVERY_MS);
  }
  return times;
}

async function measure(events: number): Promise<string[]> {
  const userId = `user-${events}`;
  const filled = await fill(userId, events);
  const alone = new AbortController();
  const before = besides(alone.signal);
  await pause(BESIDE * EVERY_MS);
  alone.abort();
  const [stop, idle] = [new AbortController(), await before];
  const during = besides(stop.signal);
  const started = performance.now();
  const { erasureId } = await send('DELETE', `/v1/users/${userId}?confirm=${userId}`);
  const answered = performance.now() - started;
  stop.abort();
  const times = await during;
  const certificate = await send('GET', `/v1/erasures/${String(erasureId)}?verify=true`);
  const { ok } = certificate['verification'] as { ok: boolean };
  const { rows } = certificate['removed'] as { rows: Record<string, number> };
  const removed = Object.values(rows).reduce((sum, count) => sum + count, 0);
  if (!ok) throw new Error('The erasure does not verify.');
  return [
    filled.toLocaleString('en'),
    removed.toLocaleString('en'),
    `${Math.round(answered)} ms`,
    `${middle(idle)} / ${longest(idle)} ms`,
    `${middle(times)} / ${longest(times)} ms`,
  ];
}

const middle = (times: number[]) => (times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0).toFixed(1);
const longest = (times: number[]) => Math.max(...times).toFixed(1);

const folder = mkdtempSync(join(tmpdir(), 'edgesoul-bench-erasure-'));
const env = { ...process.env, PORT: String(PORT), DATA_DIR: folder, BACKUP_DIR: join(folder, 'backups') };
const main = join(import.meta.dirname, '../dist/src/main.js');
const service = spawn(process.execPath, [main], { env: { ...env, LOG_LEVEL: 'warn' }, stdio: 'inherit' });
try {
  while (
    !(await fetch(`${URL_BASE}/health/ready`).then(
      (answer) => answer.ok,
      () => false,
    ))
  )
    await pause(100);
  const table = new Table({
    head: ['events', 'rows', 'erased in', "other's commands before", 'meanwhile (median / longest)'],
    style: { head: [], border: [] },
  });
  for (const events of SIZES.length > 0 ? SIZES : [10_000, 100_000]) table.push(await measure(events));
  process.stdout.write(`${table.toString()}\n`);
} finally {
  service.kill();
  rmSync(folder, { recursive: true, force: true });
}
