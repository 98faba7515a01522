import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { joyfulTurn } from '../support/builders.js';
import { edgesoul, startEdgesoul } from '../support/edgesoul.js';
import { Store } from '../support/store.js';

const HOLD_PROGRAM = fileURLToPath(new URL('../support/programs/held.js', import.meta.url));

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgesoul-operator-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** A service whose jobs run until they are cancelled; `polled` resolves at the first look at one. */
async function endlessJobs() {
  const requests: string[] = [];
  let onPolled: () => void;
  const polled = new Promise<void>((resolve) => (onPolled = resolve));
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const isDelete = request.method === 'DELETE';
    const ids = { backupId: 'job-1', verificationId: 'job-1', rebuildId: 'job-1' };
    const job = { state: isDelete ? 'cancelled' : 'running', done: 0, total: 0, error: null };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(request.method === 'POST' ? ids : job));
    if (request.method === 'GET') onPolled();
  });
  return { ...(await listening(server)), requests, polled };
}

async function listening(server: Server): Promise<{ server: Server; url: string }> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('work that a service does for the command line', () => {
  it.each([
    ['backup', 'backups', 'SIGINT'],
    ['verify', 'verifications', 'SIGTERM'],
    ['rebuild', 'rebuilds', 'SIGHUP'],
  ] as const)('is cancelled and reported when %s is interrupted', async (command, route, signal) => {
    const { server, url, requests, polled } = await endlessJobs();
    const { child, ended } = startEdgesoul([command, '--url', url, '--json'], {});
    await polled;
    // A terminal's Ctrl-C reaches a program under npm twice.
    child.kill(signal);
    child.kill(signal);
    const { code, stdout, stderr } = await ended;
    server.close();
    expect([code, stderr]).toEqual([1, '']);
    expect(JSON.parse(stdout)).toEqual({
      error: { code: 'work.interrupted', message: expect.stringMatching(/the service has cancelled/) },
    });
    expect(requests.at(-1)).toBe(`DELETE /v1/ops/${route}/job-1`);
  });

  it('names the command that ends it when the service does not take the cancellation', async () => {
    const { server, url, polled } = await endlessJobs();
    const { child, ended } = startEdgesoul(['verify', '--url', url], {});
    await polled;
    server.closeAllConnections();
    server.close();
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/edgesoul cancel job-1|The service at .* stopped during the verification/);
  });

  it('is reported as ended with the service when that stops in the middle', async () => {
    const { server, url, polled } = await endlessJobs();
    const { ended } = startEdgesoul(['backup', '--url', url], {});
    await polled;
    server.closeAllConnections();
    server.close();
    expect(await ended).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^The service at .* stopped during the backup/),
    });
  });

  it('ends in a clear sentence when something else answers at the address', async () => {
    const { server, url } = await listening(
      createServer((_request, response) => response.writeHead(502).end('<h1>Bad Gateway</h1>')),
    );
    for (const command of ['status', 'stats', 'backup', 'verify', 'jobs']) {
      expect(await edgesoul([command, '--url', url], {})).toEqual({
        code: 1,
        stdout: '',
        stderr: `What answers at ${url} (status 502) is not an EdgeSoul Store; check the address.\n`,
      });
    }
    server.close();
  });
});

describe('work whose command line was killed', () => {
  it('goes on in the service, is listed, and is cancelled by its id', async () => {
    const goFile = join(folder, 'go');
    const held = { NODE_OPTIONS: `--import=${HOLD_PROGRAM}`, HELD_UNTIL: goFile };
    const store = await Store.start(held);
    try {
      const { NODE_OPTIONS: _, ...env } = store.settings;
      const running = async () => {
        const { stdout } = await edgesoul(['jobs', '--json'], env);
        const { items } = JSON.parse(stdout) as { items: { jobId: string; kind: string; state: string }[] };
        return items.filter(({ state }) => state === 'running');
      };
      const { child, ended } = startEdgesoul(['rebuild'], env);
      while ((await running()).length === 0);
      child.kill('SIGKILL');
      expect((await ended).code).toBeNull();

      const [job, ...others] = await running();
      expect([job?.kind, others]).toEqual(['rebuild', []]);
      expect(await edgesoul(['rebuild'], env)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(job?.jobId ?? '-'),
      });
      expect(await edgesoul(['cancel', job?.jobId ?? ''], env)).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('is cancelled'),
      });
      expect(await running()).toEqual([]);
      await writeFile(goFile, '');
      expect((await edgesoul(['rebuild'], env)).code).toBe(0);
    } finally {
      await store.remove();
    }
  });
});

/** The settings of a store that is not there. */
const nowhere = () => ({ DATA_DIR: join(folder, 'none') });

describe('wrong usage', () => {
  it.each([
    ['an unknown command', ['dream']],
    ['an unknown option', ['backup', '--upwards']],
    ['an option that the command could only ignore', ['export', '-', '--url', 'http://127.0.0.1:3000']],
    ['a folder beside a service address', ['backup', '--url', 'http://127.0.0.1:3000', '--backup-dir', 'x']],
    ['two stores', ['verify', '--data-dir', 'x', '--database-url', 'postgresql://a@b/c']],
    ['a wrong value', ['export', '--after', 'x']],
    ['an address that is none', ['status', '--url', 'there']],
    ['a database that is none', ['status', '--database-url', 'there']],
    ['an export to stdout that is to be continued', ['export', '-', '--resume']],
  ])('exits with 2, and prints JSON with --json: %s', async (_what, args) => {
    const { code, stdout, stderr } = await edgesoul([...args, '--json'], nowhere());
    expect(code).toBe(2);
    // What an export writes to stdout is joined by nothing else.
    const [json, other] = args.includes('--resume') ? [stderr, stdout] : [stdout, stderr];
    expect([JSON.parse(json), other]).toEqual([
      { error: { code: 'request.invalid', message: expect.any(String) } },
      '',
    ]);
  });

  it.each([
    ['the parser of options', ['backup', '--upwards']],
    ['a check of their values', ['status', '--url', 'there']],
  ])('is explained on stderr without --json, when found by %s', async (_what, args) => {
    const { code, stdout, stderr } = await edgesoul(args, nowhere());
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(/\w/)]);
  });
});

describe('beside a service', () => {
  let store: Store;

  beforeAll(async () => {
    store = await Store.start();
    await store.user('ada').post('/turns', joyfulTurn());
  });

  afterAll(() => store.remove());

  it.each([
    ['--backup-dir', ['--backup-dir', '/elsewhere'], {}],
    ['BACKUP_DIR', [], { BACKUP_DIR: '/elsewhere' }],
  ])('a backup folder that is not the service’s is refused when %s names it', async (by, args, env) => {
    for (const command of ['backup', 'verify', 'status']) {
      const { code, stdout, stderr } = await edgesoul([command, ...args], { ...store.settings, ...env });
      expect([command, code, stdout]).toEqual([command, 2, '']);
      expect(stderr).toContain(by);
      expect(stderr).toContain(store.settings.BACKUP_DIR);
    }
  });

  it('the folder without any backup is named, and is not healthy', async () => {
    const folderOfService = store.settings.BACKUP_DIR as string;
    for (const [command, code] of [
      [['backups'], 0],
      [['restore', '--drill'], 1],
    ] as const) {
      const { stdout, stderr, ...ended } = await edgesoul(command, { DATA_DIR: store.dataDir });
      expect([command, ended.code]).toEqual([command, code]);
      expect(stdout + stderr).toContain(`There is no backup in ${folderOfService}`);
    }
    expect(await edgesoul(['backups', '--url', store.url], {})).toMatchObject({
      code: 0,
      stdout: `The service at ${store.url} has no backup.\n`,
    });
    expect(await store.get('/health/backups')).toMatchObject({
      status: 503,
      body: {
        status: 'error',
        error: { backup: { status: 'down', why: expect.stringContaining('no backup') } },
      },
    });
  });

  it('the service’s own backup folder is used where none is named', async () => {
    const env = { DATA_DIR: store.dataDir };
    expect((await edgesoul(['backup'], env)).code).toBe(0);
    const file = readdirSync(store.settings.BACKUP_DIR as string).find((name) => name.endsWith('.zst'));
    for (const command of [
      ['backups'],
      ['status'],
      ['restore', '--drill'],
      ['backups', '--url', store.url],
    ]) {
      const { code, stdout } = await edgesoul(command, env);
      expect([command, code]).toEqual([command, 0]);
      expect(stdout).toContain(file);
    }
  });

  it('jobs are listed and cancelled by their id', async () => {
    const jobs = await edgesoul(['jobs', '--json'], store.settings);
    const [backup] = (JSON.parse(jobs.stdout) as { items: { jobId: string }[] }).items;
    expect(backup).toMatchObject({ kind: 'backup', state: 'done' });
    expect(await edgesoul(['cancel', backup?.jobId ?? ''], store.settings)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('had ended already: done'),
    });
    expect(await edgesoul(['cancel', 'another'], store.settings)).toMatchObject({ code: 1 });
  });

  it('an export of a user that the log does not know is an error, and makes no file', async () => {
    const file = join(folder, 'nobody.ndjson');
    expect(await edgesoul(['export', file, '--user', 'nobody'], store.settings)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('nobody'),
    });
    expect(readdirSync(folder)).not.toContain('nobody.ndjson');
  });

  it('an import of what cannot be read is refused before a store is made', async () => {
    await mkdir(join(folder, 'folder.ndjson'));
    await writeFile(join(folder, 'secret.ndjson'), '{}', { mode: 0 });
    const env = { DATA_DIR: join(folder, 'unmade') };
    const isRoot = process.getuid?.() === 0;
    for (const [name, why] of [
      ['folder.ndjson', 'it is a folder'],
      ['nothing.ndjson', 'ENOENT'],
      // Root may read every file.
      ...(isRoot ? [] : [['secret.ndjson', 'EACCES'] as const]),
    ] as const) {
      const { code, stderr } = await edgesoul(['import', join(folder, name)], env);
      expect([name, code, stderr]).toEqual([name, 1, expect.stringContaining(`cannot be read: ${why}`)]);
    }
    expect(readdirSync(folder)).not.toContain('unmade');
  });
});
