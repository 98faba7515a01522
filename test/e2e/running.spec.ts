import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { audit, NO_FAULTS, storedKeys } from '../support/audit.js';
import { emotion, ids, joyfulTurn, memory, minutesLater, turn } from '../support/builders.js';
import { readLog } from '../support/client.js';
import { startLoad } from '../support/load.js';
import { openRequest } from '../support/raw-http.js';
import { refusedStart, Store } from '../support/store.js';

let store: Store;

beforeAll(async () => {
  store = await Store.start();
});

afterAll(() => store.remove());

/** Waits until the service accepts no new requests. */
async function untilClosed(url: string): Promise<void> {
  for (;;) {
    try {
      const { ok } = await fetch(`${url}/health/live`, { headers: { connection: 'close' } });
      if (!ok) return;
    } catch {
      return;
    }
  }
}

describe('health', () => {
  it('reports the service as alive and ready', async () => {
    for (const path of ['/health/live', '/health/ready']) {
      const { status, body } = await store.get<Record<string, unknown>>(path);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        status: 'ok',
        info: expect.any(Object),
        error: {},
        details: expect.any(Object),
      });
    }
    const ready = await store.get<{ details: Record<string, { status: string }> }>('/health/ready');
    const parts = Object.values(ready.body.details);
    expect(parts.length).toBeGreaterThan(0);
    expect(parts.map(({ status }) => status)).toEqual(parts.map(() => 'up'));
    expect(ready.body.details.clock).toEqual({ status: 'up', behindSeconds: 0, steps: 0 });
  });
});

describe('a start', () => {
  it('is refused with a clear message when the port is in use', async () => {
    const { port } = new URL(store.url);
    const output = await refusedStart({ DATA_DIR: join(store.folder, 'other'), PORT: port });
    expect(output).toMatch(/ended with code [1-9]/);
    expect(output).toContain(port);
    expect(output).toMatch(/in use|EADDRINUSE/i);
    expect(output).not.toMatch(/\n\s+at /);
  });

  it('is refused with a clear message when the data folder is a file', async () => {
    const file = join(store.folder, 'file');
    await writeFile(file, 'not a folder');
    const output = await refusedStart({ DATA_DIR: file });
    expect(output).toMatch(/ended with code [1-9]/);
    expect(output).toContain(file);
    expect(output).not.toMatch(/\n\s+at /);
  });

  it('is refused with one list of all invalid environment variables', async () => {
    const output = await refusedStart({
      DATA_DIR: join(store.folder, 'other'),
      PORT: 'eighty',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://127.0.0.1/edgesoul',
    });
    expect(output).toMatch(/ended with code [1-9]/);
    for (const name of ['PORT', 'LOG_LEVEL', 'DATABASE_URL']) expect(output).toContain(name);
    expect(output).not.toMatch(/\n\s+at /);
  });
});

describe('a restart', () => {
  it('changes no answer, and the old process exits with 0 although clients keep their connections', async () => {
    const user = store.user('steady');
    await user.post('/turns', joyfulTurn());
    await user.post('/turns', joyfulTurn({ sessionId: 'session-2', occurredAt: minutesLater(5) }));
    await user.patch('/profile', { name: 'Steady', utcOffset: 60, voice: { speed: 2 } });
    await user.post('/memories', memory({ memoryId: 'boat' }));
    await user.post('/memories', memory({ memoryId: 'gone' }));
    await user.delete('/memories/gone');
    await user.post('/recalls', { memoryIds: ['boat'] });
    await user.post('/emotions', emotion({ emotion: 'calm' }));
    await user.post('/sessions/session-1/end');
    const paths = [
      '/profile',
      '/memories',
      '/memories/boat',
      '/memories/gone',
      '/emotions',
      '/emotions/trend?bucket=day',
      '/conversation',
      '/sessions',
      '/sessions/session-1',
      '/stats',
      '/events',
    ];
    const correlated = { 'x-correlation-id': 'asked-twice' };
    const read = async () => {
      const answers = await Promise.all(paths.map((path) => user.get(path, correlated)));
      return answers.map(({ status, text, headers }) => ({ status, text, etag: headers.get('etag') }));
    };
    const before = await read();
    expect(before.map(({ status }) => status)).toEqual(
      paths.map((path) => (path === '/memories/gone' ? 404 : 200)),
    );
    expect(await store.stop()).toBe(0);
    await store.restart();
    expect(await read()).toEqual(before);
    const { position } = (await user.post<{ position: number }>('/emotions', emotion())).body;
    expect(position).toBe((await readLog(store)).length);
  });
});

describe('SIGTERM', () => {
  it('under load cuts off no answer, leaves no unanswered command in the log, and exits with 0', async () => {
    const before = (await readLog(store)).length;
    const load = startLoad(store.url, 1);
    await load.acknowledged(300);
    expect(await store.stop('SIGTERM')).toBe(0);
    await load.ended();
    expect(load.brokenOff).toEqual([]);

    await store.restart();
    const log = await readLog(store, before);
    expect(audit(log, load.sent)).toEqual(NO_FAULTS);
    const acknowledged = load.sent.filter((command) => command.acknowledged).map(({ key }) => key);
    expect([...storedKeys(log)].toSorted()).toEqual(acknowledged.toSorted());
  });

  it('lets half-sent requests finish, and stores the commands that it answers', async () => {
    const users = ids('half-sent', 8).map((id) => store.user(id));
    const open = await Promise.all(
      users.map(({ id }) => openRequest(store.url, `/v1/users/${id}/turns`, turn())),
    );
    const ending = store.stop('SIGTERM');
    await untilClosed(store.url);
    const answers = await Promise.all(open.map((request) => request.finish()));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(201));
    expect(await ending).toBe(0);

    await store.restart();
    for (const user of users) expect(await user.events()).toHaveLength(3);
  });
});

describe('the log of the process', () => {
  it('contains nothing that users wrote, felt or searched for, at info level', async () => {
    const user = store.user('private');
    const secret = 'Xylograph';
    const felt = { label: secret, intensity: 0.5, triggers: [secret] };
    await user.post(
      '/turns',
      turn({ userMessage: secret, assistantMessage: secret, topics: [secret], emotion: felt }),
    );
    await user.post(
      '/memories',
      memory({ memoryId: 'boat', content: secret, context: secret, metadata: { secret } }),
    );
    await user.patch('/memories/boat', { content: `${secret}s` });
    await user.patch('/profile', {
      name: secret,
      interests: [secret],
      communicationPatterns: { [secret]: 1 },
    });
    await user.post('/emotions', emotion({ emotion: secret, triggers: [secret] }));
    await user.get(`/memories/search?q=${secret}&explain=true`);
    await user.get(`/memories/search?q=${secret}&limit=0`);
    await user.post('/turns', turn({ userMessage: secret.repeat(2000), occurredAt: secret }));
    await user.send('POST', '/turns', { text: `{"userMessage": ${secret}` });
    await store.post('/v1/commands', {
      commands: [{ command: 'RecordTurn', userId: 'private', ...turn({ userMessage: secret }) }],
    });
    await user.delete(`/memories/boat?reason=${secret}`);
    await store.stop();
    expect(store.log.length).toBeGreaterThan(0);
    expect(store.log.filter((line) => line.toLowerCase().includes(secret.toLowerCase()))).toEqual([]);
  });
});
