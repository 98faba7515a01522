import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chainHash, GENESIS } from '../../src/events/log/event-hash.js';
import { readLogFile } from '../../src/operations/lines/log-file.js';
import type { LogEntry } from '../../src/operations/lines/log-line.js';
import { eventLine } from '../../src/operations/lines/log-line.js';
import { firstLine, startOf, trailerOf } from '../../src/operations/lines/log-lines.js';
import { readLines } from '../../src/operations/lines/read-log-lines.js';
import { readStore } from '../../src/store/open-store-reader.js';
import { turn } from '../support/builders.js';
import { edgesoul, killedAt } from '../support/edgesoul.js';
import { resend, startLoad } from '../support/load.js';
import { refusedStart, Store } from '../support/store.js';

let folder: string;
let store: Store;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgesoul-transfer-'));
  store = await Store.start();
});

afterAll(async () => {
  await store.remove();
  await rm(folder, { recursive: true });
});

async function read(file: string): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for await (const entry of readLines(readLogFile(file))) entries.push(entry);
  return entries;
}

function keysOf(entries: readonly LogEntry[]): Set<string> {
  return new Set(
    entries.flatMap((entry) => (entry.kind === 'receipt' ? [entry.receipt.idempotencyKey] : [])),
  );
}

describe('edgesoul export and import', () => {
  let mira: unknown;

  beforeAll(async () => {
    for (const userId of ['mira', 'noor']) await store.user(userId).post('/turns', turn());
    mira = (await store.user('mira').get('/conversation')).body;
  });

  it('write the log to stdout as JSON lines that other programs can read', async () => {
    const { stdout, code } = await edgesoul(['export', '-'], store.settings);
    expect(code).toBe(0);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[0]).toMatchObject({ edgesoul: 'log', scope: 'all' });
    expect(lines.at(-1)).toMatchObject({ end: true });
    expect(new Set(lines.map(({ userId }) => userId))).toEqual(new Set([undefined, 'mira', 'noor']));
  });

  it('copy one user into a stopped store that has other users', async () => {
    const file = join(folder, 'mira.ndjson');
    const { stdout } = await edgesoul(['export', file, '--user', 'mira'], store.settings);
    expect(stdout).toMatch(/^Wrote \d events, and 0 receipts, to .*mira.ndjson/);
    expect(await readFile(file, 'utf8')).not.toContain('noor');

    const other = await Store.start();
    await other.user('omar').post('/turns', turn());
    const busy = await edgesoul(['import', file, '--append'], other.settings);
    expect(busy.code).toBe(1);
    expect(busy.stderr).toMatch(/in use by another process \(pid \d+/);
    expect((await other.user('omar').post('/turns', turn())).status).toBe(201);
    await other.stop();
    const refused = await edgesoul(['import', file], other.settings);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/only.*--append/s);
    const appended = await edgesoul(['import', file, '--append'], other.settings);
    expect(appended).toMatchObject({ code: 0, stdout: expect.stringMatching(/events got new positions/) });
    const again = await edgesoul(['import', file, '--append', '--json'], other.settings);
    expect(JSON.parse(again.stdout)).toMatchObject({ events: 0, moved: 0, verified: { ok: true } });
    await other.restart();
    expect((await other.user('mira').get('/conversation')).body).toEqual(mira);
    await other.remove();
  });

  it('refuse a truncated or missing file, a missing store and wrong usage', async () => {
    const file = join(folder, 'whole.ndjson.gz');
    await edgesoul(['export', file], store.settings);
    const cut = join(folder, 'cut.ndjson.gz');
    await writeFile(cut, (await readFile(file)).subarray(0, -100));
    const target = { DATA_DIR: join(folder, 'cut') };
    const refused = await edgesoul(['import', cut, '--json'], target);
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: expect.stringMatching(/^file\./) } });
    expect((await edgesoul(['import', join(folder, 'absent.ndjson')], target)).stderr).toMatch(
      /cannot be read/,
    );
    expect((await edgesoul(['import'], target)).code).toBe(2);
    expect((await edgesoul(['export', '--after', 'x'], target)).code).toBe(2);
    const nowhere = await edgesoul(['export', '-'], { DATA_DIR: join(folder, 'nowhere') });
    expect(nowhere.stderr).toMatch(/There is no store in/);
  });
});

describe('edgesoul export beside a service that 64 clients write to', () => {
  it('contains every command acknowledged before it, and is imported with their receipts', async () => {
    const load = startLoad(store.url, 1, { writers: 64, pauseMs: 400 });
    let acknowledgedKeys: string[] = [];
    let file = '';
    for (const [i, ending] of ['ndjson', 'ndjson.gz', 'ndjson.zst'].entries()) {
      await load.acknowledged(150 * (i + 1));
      acknowledgedKeys = load.sent.filter(({ acknowledged }) => acknowledged).map(({ key }) => key);
      file = join(folder, `loaded.${ending}`);
      const { code, stdout, stderr } = await edgesoul(['export', file, '--json'], store.settings);
      expect([code, stderr]).toEqual([0, '']);
      const entries = await read(file);
      const keys = keysOf(entries);
      expect(acknowledgedKeys.filter((key) => !keys.has(key))).toEqual([]);
      const { events, position } = JSON.parse(stdout) as { events: number; position: number };
      expect(events).toBe(position);
      expect(entries.filter(({ kind }) => kind === 'event')).toHaveLength(events);
    }
    await store.stop('SIGKILL');
    await load.ended();

    const copy = { DATA_DIR: join(folder, 'copy') };
    const { code, stdout } = await edgesoul(['import', file], copy);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Verified: the log is intact, and all \d projections match it/);
    const service = await Store.startOn(copy);
    const keysInFile = new Set(acknowledgedKeys);
    const commands = load.sent.filter(({ key }) => keysInFile.has(key)).filter((_, i) => i % 10 === 0);
    expect(await resend(service.url, commands)).toEqual(commands.map(({ acknowledged }) => acknowledged));
    await service.stop('SIGKILL');
  });
});

describe('edgesoul import, killed twice with SIGKILL', () => {
  /** Enough for three transactions of an import, the last of which is not full. */
  const EVENTS = 5_000;

  it('resumes where it was killed and ends with the whole log', async () => {
    const file = join(folder, 'large.ndjson');
    const lastHash = await writeLargeFile(file, EVENTS);
    const env = { DATA_DIR: join(folder, 'killed') };
    const database = { file: join(env.DATA_DIR, 'edgesoul.db') };
    const heads: number[] = [];
    // The first transaction marks the store; the second import finds the whole second one stored.
    for (const step of ['commit 2', 'commit 3']) {
      expect((await edgesoul(['import', file], killedAt(step, env))).code).toBeNull();
      heads.push(await readStore(database, async (reader) => (await reader.head()).position));
    }
    expect(await refusedStart({ ...env, PORT: '0' })).toContain('An import has not ended');
    expect(await edgesoul(['verify'], env)).toMatchObject({
      code: 3,
      stdout: expect.stringContaining('unfinished: An import has not ended'),
    });
    expect((await edgesoul(['status'], env)).stdout).toContain('Run it again with the same file');
    expect((await edgesoul(['backup'], env)).stderr).toContain('Nothing is backed up');
    const [first = 0, second = 0] = heads;
    expect([0 < first, first < second, second < EVENTS]).toEqual([true, true, true]);
    const { code, stdout, stderr } = await edgesoul(['import', file, '--json'], env);
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      events: EVENTS - second,
      already: second,
      head: { position: EVENTS, hash: lastHash },
      verified: { ok: true, events: EVENTS },
    });
  });
});

/** Writes an export file of generated events, without a store; returns the last hash. */
async function writeLargeFile(file: string, events: number): Promise<string> {
  const output = createWriteStream(file);
  const cursor = startOf({
    edgesoul: 'log',
    format: 1,
    scope: 'all',
    after: 0,
    previousHash: GENESIS,
    upTo: events,
    createdAt: '2026-03-02T18:00:00.000Z',
  });
  output.write(firstLine(cursor));
  for (let position = 1; position <= events; position++) {
    const id = `01a20000-0000-7000-8000-${position.toString(16).padStart(12, '0')}`;
    const userId = `user-${position % 500}`;
    const event = {
      position,
      eventId: id,
      streamId: `emotion:${userId}`,
      version: Math.ceil(position / 500),
      type: 'emotion.observed',
      schemaVersion: 1,
      userId,
      occurredAt: 1_772_000_000_000 + position,
      utcOffset: 60,
      recordedAt: 1_772_000_000_000 + position,
      commandId: id,
      correlationId: id,
      causationId: null,
      actor: 'test',
      data: '{"emotion":"joy","intensity":0.5,"confidence":null,"triggers":["東京"],"sessionId":null,"turnId":null}',
    };
    cursor.hash = chainHash(cursor.hash, event);
    cursor.events++;
    const line = `${eventLine({ ...event, hash: cursor.hash })}\n`;
    cursor.digest.update(line);
    if (!output.write(line)) await once(output, 'drain');
  }
  output.end(`${JSON.stringify(trailerOf(cursor))}\n`);
  await once(output, 'close');
  return cursor.hash;
}
