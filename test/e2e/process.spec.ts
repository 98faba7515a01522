import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ids, joyfulTurn } from '../support/builders.js';
import { COMPILE_CACHE, edgesoul } from '../support/edgesoul.js';
import { readExposition } from '../support/exposition.js';
import { onPostgresql, Store } from '../support/store.js';

const ROOT = join(import.meta.dirname, '../..');
const RELEASE = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;

/** Resolves once nothing listens at the URL; a service that lives on makes the test time out. */
async function untilGone(url: string): Promise<void> {
  while (
    await fetch(url).then(
      () => true,
      () => false,
    )
  );
}

describe('npm start', () => {
  let folder: string;
  let npm: ChildProcess;
  let url: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'edgesoul-npm-'));
    npm = spawn('npm', ['start', '--silent'], {
      cwd: ROOT,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        PORT: '0',
        DATA_DIR: join(folder, 'data'),
        BACKUP_DIR: join(folder, 'backups'),
        NODE_COMPILE_CACHE: COMPILE_CACHE,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
      // A group of its own: the signals below reach npm alone, as those of a supervisor do.
      detached: true,
    });
    const lines = createInterface({ input: npm.stdout as NodeJS.ReadableStream });
    for await (const line of lines) {
      url = /"url":"(http:[^"]+)"/.exec(line)?.[1] ?? '';
      if (url !== '') break;
    }
    npm.stdout?.resume();
  });

  afterEach(async () => {
    try {
      process.kill(-(npm.pid as number), 'SIGKILL');
    } catch {
      // The whole group has ended, as it should.
    }
    await rm(folder, { recursive: true, force: true });
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends after the service has ended on %s', async (signal) => {
    npm.kill(signal);
    expect(await once(npm, 'exit')).toEqual([0, null]);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  it.each(['SIGHUP', 'SIGKILL'] as const)(
    'leaves no service behind when %s ends npm alone',
    async (signal) => {
      npm.kill(signal);
      expect(await once(npm, 'exit')).toEqual([null, signal]);
      await untilGone(url);
    },
  );
});

describe('a service', () => {
  let store: Store;

  beforeAll(async () => {
    store = await Store.startEmpty();
  });

  afterAll(() => store.remove());

  it('says in its metrics which release runs, on what', async () => {
    const { series } = readExposition((await store.get<string>('/metrics')).text);
    const database = onPostgresql() ? 'postgresql' : 'sqlite';
    const labels = `version="${RELEASE}",node="${process.versions.node}",database="${database}"`;
    expect(series.get(`edgesoul_build_info{${labels}}`)).toBe(1);
  });

  it('makes files that only their owner may read: data, backups, segments, drills, exports', async () => {
    for (const id of ids('user', 3)) await store.user(id).post('/turns', joyfulTurn());
    for (const command of [
      ['backup'],
      ['restore', '--drill'],
      ['export', join(store.folder, 'x.ndjson.zst')],
    ])
      expect([command[0], (await edgesoul(command, store.settings)).code]).toEqual([command[0], 0]);
    expect(await store.stop('SIGHUP')).toBe(0);
    const shipping = await Store.startOn({ ...store.settings, BACKUP_CONTINUOUS: '1' });
    await shipping.user('user-1').post('/turns', joyfulTurn());
    const listed = () => readdirSync(store.folder, { recursive: true, encoding: 'utf8' });
    const modeOf = (name: string) => statSync(join(store.folder, name), { throwIfNoEntry: false })?.mode ?? 0;
    const whileRunning = listed().map((name) => ({ name, mode: modeOf(name) }));
    expect(await shipping.stop()).toBe(0);
    const files = [...whileRunning, ...listed().map((name) => ({ name, mode: modeOf(name) }))];
    const made = files.map(({ name }) => name);
    for (const kind of ['db-wal', 'owner', 'lock', 'segments/', 'db.zst', 'edgesoul_drill_', 'x.ndjson.zst'])
      expect([kind, made.some((name) => name.includes(kind))]).toEqual([kind, true]);
    expect(files.filter(({ mode }) => (mode & 0o077) !== 0)).toEqual([]);
  });
});

describe('edgesoul --version', () => {
  it('prints the release', async () => {
    expect(await edgesoul(['--version'], {})).toEqual({ code: 0, stdout: `${RELEASE}\n`, stderr: '' });
  });
});
