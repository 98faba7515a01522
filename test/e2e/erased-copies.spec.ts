import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { edgesoul, killedAt } from '../support/edgesoul.js';
import { createKey } from '../support/keys.js';
import { Store } from '../support/store.js';
import { filesWithWords } from '../support/words-in-folder.js';

/** Words that nobody but the erased have. */
const ADA = 'quetzalcoatl';
const CYD = 'wolpertinger';

interface Holding {
  stillHolding: { file: string; userIds: string[]; why: string | null }[];
  keptAside: string[];
}

interface Certificate {
  erasureId: string;
  userId: string;
  state: string;
  copies: { rewritten: { file: string; sha256: string }[]; stillHolding: { file: string }[] };
}

const isDrill = ({ file }: { file: string }) => file.startsWith('.drill-');

async function tell(store: Store, userId: string, word: string, turns = 5): Promise<void> {
  const user = store.user(userId);
  for (let i = 0; i < turns; i++)
    await user.post('/turns', { sessionId: 's', userMessage: `${word} ${i}`, assistantMessage: word });
  await user.patch('/profile', { name: word }, { 'Idempotency-Key': `profile-${userId}` });
  await user.post('/memories', { memoryId: 'm', type: 'fact', content: `${word} and more` });
}

/** Makes a full backup. One that the service has begun by itself, to ship the log after it, has to end first. */
async function backUp(store: Store): Promise<void> {
  let started = await store.post<{ backupId: string }>('/v1/ops/backups');
  while (started.status === 409) {
    await sleep(100);
    started = await store.post<{ backupId: string }>('/v1/ops/backups');
  }
  expect(started.status).toBe(202);
  let state = 'running';
  while (state === 'running') {
    await sleep(100);
    ({ state } = (await store.get<{ state: string }>(`/v1/ops/backups/${started.body.backupId}`)).body);
  }
  expect(state).toBe('done');
}

describe('the backups of a service that erases', () => {
  let store: Store;
  let backups: string;
  /** Where the log was before the erasure of ada. */
  let before: number;
  /** The erasure of ada. */
  let erasureId: string;

  const wordsIn = (words: readonly string[], folder = backups) => filesWithWords(folder, words);
  const run = (...args: string[]) => edgesoul([...args, '--json'], store.settings);
  const manifests = async () =>
    (await readdir(backups)).filter((name) => name.startsWith('edgesoul_backup_') && name.endsWith('.json'));

  /** Waits until no file of the backup folder has one of the words. */
  const untilGone = async (words: readonly string[]): Promise<void> => {
    const deadline = performance.now() + 60_000;
    while ((await wordsIn(words)).length > 0 && performance.now() < deadline) await sleep(200);
    expect(await wordsIn(words)).toEqual([]);
  };

  /** Waits until a sealed segment of the log ends at the position: the erased have to be in segments, too. */
  const untilShipped = async (position: number): Promise<void> => {
    const ends = new RegExp(`^edgesoul_log_\\d+-0*${position}_`);
    const isShipped = async () =>
      (await readdir(join(backups, 'segments')).catch(() => [])).some((name) => ends.test(name));
    while (!(await isShipped())) await sleep(100);
  };

  beforeAll(async () => {
    store = await Store.start({ BACKUP_CONTINUOUS: '1' });
    backups = join(store.folder, 'backups');
    await tell(store, 'bob', 'harbour');
    await tell(store, 'ada', ADA);
    await tell(store, 'cyd', CYD);
    for (let i = 0; i < 3; i++) {
      await backUp(store);
      await tell(store, 'ada', ADA, 2);
    }
    before = (await store.get<{ head: number }>('/v1/events?limit=1')).body.head;
    await untilShipped(before);
  });

  afterAll(() => store.remove());

  it('are rewritten without the person, also if the service is killed in the middle of it', async () => {
    expect((await wordsIn([ADA])).length).toBeGreaterThanOrEqual(3);
    const deleted = await store.delete<{ erasureId: string }>('/v1/users/ada?confirm=ada');
    expect(deleted.status).toBe(200);
    ({ erasureId } = deleted.body);
    const isRewriting = async () => (await readdir(backups)).some((name) => name.startsWith('.rewriting-'));
    while (!(await isRewriting()) && (await wordsIn([ADA])).length > 0);
    await store.stop('SIGKILL');
    // Before any of it was rewritten, a restore brings nobody back.
    const scratch = join(store.folder, 'scratch');
    await mkdir(scratch);
    const env = { DATA_DIR: scratch, BACKUP_DIR: backups };
    const restored = await edgesoul(['restore', '--to', String(before), '--json'], env);
    expect([restored.code, JSON.parse(restored.stdout)]).toMatchObject([0, { erasedAgain: 1 }]);
    expect(await wordsIn([ADA], scratch)).toEqual([]);
    const other = await Store.startOn({ DATA_DIR: scratch, BACKUP_DIR: join(scratch, 'backups') });
    expect((await other.user('ada').get(`/profile?asOf=${before}`)).status).toBe(404);
    expect((await other.user('bob').get<{ name: string }>('/profile')).body.name).toBe('harbour');
    await other.stop('SIGKILL');

    await store.restart();
    await untilGone([ADA]);

    expect((await readdir(backups)).filter((name) => name.startsWith('.rewriting-'))).toEqual([]);
    const listed = await store.get<Holding>('/v1/ops/backups');
    expect(listed.body).toMatchObject({ stillHolding: [], keptAside: [] });
    for (const name of await manifests())
      expect(JSON.parse(await readFile(join(backups, name), 'utf8'))).toMatchObject({
        ledger: { entries: 1 },
      });
    const drilled = await run('restore', '--drill');
    expect([drilled.code, JSON.parse(drilled.stdout)]).toMatchObject([0, { erasedAgain: 0 }]);
  });

  it('are in the certificate of the erasure, over HTTP and by the commands', async () => {
    const { body: certificate, status } = await store.get<Certificate>(
      `/v1/erasures/${erasureId}?verify=true`,
    );
    expect([status, certificate]).toMatchObject([
      200,
      {
        erasureId,
        userId: 'ada',
        state: 'done',
        position: before + 1,
        removed: { events: expect.any(Number) },
        copies: { stillHolding: [], unknown: null },
        verification: { ok: true, complete: true, findings: [] },
      },
    ]);
    // Also those that were rewritten right before the service was killed.
    const { rewritten } = certificate.copies;
    for (const name of await manifests()) {
      const { file, sha256 } = JSON.parse(await readFile(join(backups, name), 'utf8')) as Record<
        string,
        string
      >;
      expect(rewritten).toContainEqual(expect.objectContaining({ file, sha256 }));
    }
    expect(rewritten.some(({ file }) => file.startsWith('segments/'))).toBe(true);
    const {
      copies: _copies,
      verification: _verification,
      ...listed
    } = certificate as Certificate & {
      verification: object;
    };
    expect((await store.get('/v1/erasures?userId=ada&limit=1')).body).toEqual({
      items: [listed],
      nextCursor: null,
    });
    expect((await store.get('/v1/erasures?userId=bob')).body).toEqual({ items: [], nextCursor: null });
    expect(await store.get('/v1/erasures/none')).toMatchObject({
      status: 404,
      body: { code: 'erasure.not-found' },
    });
    expect((await store.get(`/v1/erasures/${erasureId}?verify=yes`)).status).toBe(400);

    const shown = await run('erasures', 'show', erasureId, '--verify');
    expect([shown.code, JSON.parse(shown.stdout)]).toEqual([0, certificate]);
    const text = (await edgesoul(['erasures', 'show', erasureId], store.settings)).stdout;
    expect(text).toContain('No file in the backup folder has the person.');
    for (const { file, sha256 } of rewritten) expect(text).toMatch(new RegExp(`${file}: .*${sha256} after`));
    const list = await run('erasures', 'list');
    expect([list.code, JSON.parse(list.stdout)]).toEqual([0, { items: [listed] }]);
    expect(await run('erasures', 'show', 'none')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('erasure.not-found'),
    });
  });

  it('have a person who was erased without a service until they are rewritten, and say so', async () => {
    await store.stop();
    // Killed when they had unpacked everything.
    const drilled = await edgesoul(['restore', '--drill'], killedAt('remove .drill-', store.settings));
    const swapped = killedAt('rename edgesoul.swap.json.writing', store.settings);
    expect([drilled.code, (await edgesoul(['restore'], swapped)).code]).toEqual([null, null]);
    const leftBy = async () => [
      (await wordsIn([CYD])).filter((name) => name.startsWith('.drill-')).length,
      (await wordsIn([CYD], store.dataDir)).filter((name) => name.includes('restoring')).length,
    ];
    expect(await leftBy()).toEqual([1, 1]);
    const erased = await run('erase', 'cyd', '--confirm', 'cyd');
    expect(erased.code).toBe(0);
    const { erasureId: ofCyd } = JSON.parse(erased.stdout) as { erasureId: string };
    const certificate = async () => JSON.parse((await run('erasures', 'show', ofCyd)).stdout) as Certificate;
    const holding = async () => JSON.parse((await run('backups')).stdout) as Holding;
    const had = (await holding()).stillHolding;
    expect(had.length).toBeGreaterThanOrEqual(3);
    expect(had.every(({ userIds, why }) => userIds.join() === 'cyd' && why === null)).toBe(true);

    expect([had.filter(isDrill).length, await leftBy()]).toEqual([1, [1, 0]]);
    expect(await wordsIn([CYD], store.dataDir)).toEqual([]);

    const owed = had.filter((each) => !isDrill(each)).map(({ file }) => file);
    const pending = await certificate();
    expect(pending).toMatchObject({ state: 'copies-pending', copies: { rewritten: [] } });
    expect(pending.copies.stillHolding.map(({ file }) => file)).toEqual(had.map(({ file }) => file));

    // Before anything is exchanged; between the manifest and its file; before a segment.
    for (const step of [
      'rename .writing-edgesoul_backup',
      'rename .rewriting-',
      'rename .rewriting-segments',
    ]) {
      expect((await edgesoul(['erase', '--copies'], killedAt(step, store.settings))).code).toBeNull();
      expect((await run('restore', '--drill')).code).toBe(0);
    }
    const ended = await run('erase', '--copies');
    expect([ended.code, JSON.parse(ended.stdout)]).toMatchObject([0, { unreached: [] }]);

    expect(await wordsIn([ADA, CYD])).toEqual([]);
    expect((await holding()).stillHolding).toEqual([]);
    const done = await certificate();
    expect(done).toMatchObject({ state: 'done', copies: { stillHolding: [] } });
    // The segments were looked into and have nothing of cyd, who wrote before all backups.
    expect(done.copies.rewritten.map(({ file }) => file)).toEqual(
      owed.filter((file) => !file.startsWith('segments/')).toSorted(),
    );
    expect(await run('erase')).toMatchObject({ code: 2 });
    // The next service finds what nobody uses, too.
    await mkdir(join(backups, '.drill-killed'));
    await writeFile(join(backups, '.drill-killed/edgesoul.db'), CYD);
    await store.restart();
    await untilGone([CYD]);
    const byService = await run('erase', '--copies', '--url', store.url);
    expect([byService.code, JSON.parse(byService.stdout)]).toMatchObject([
      0,
      { state: 'done', erasures: 2, rewritten: [], unreached: [] },
    ]);
  });
});

describe('edgesoul erase --copies with a service', () => {
  let store: Store;

  beforeAll(async () => {
    store = await Store.start();
    for (const userId of ['ada', 'cyd']) await tell(store, userId, userId === 'ada' ? ADA : CYD);
  });

  afterAll(() => store.remove());

  const erase = async (userId: string, env = {}) => {
    const args = ['erase', userId, '--confirm', userId, '--copies', '--url', store.url, '--json'];
    const { code, stdout } = await edgesoul(args, { ...store.settings, ...env });
    return { code, result: JSON.parse(stdout) as { erasureId: string; copiesError?: string } };
  };

  it('names the files that were rewritten, whether by it or by the service right before', async () => {
    expect((await edgesoul(['backup'], store.settings)).code).toBe(0);
    const { code, result } = await erase('ada');
    const file = expect.stringMatching(/^edgesoul_backup_/);
    expect([code, result]).toMatchObject([
      0,
      { userId: 'ada', rewritten: [{ file, erasureIds: [result.erasureId] }], unreached: [] },
    ]);
    const { body } = await store.get<Certificate>(`/v1/erasures/${result.erasureId}`);
    expect(result).toMatchObject({ rewritten: body.copies.rewritten.map(({ sha256 }) => ({ sha256 })) });
  });

  it('says that the person is erased where it may not rewrite the copies', async () => {
    const { token } = await createKey(store, '--name', 'eraser', '--scope', 'erase');
    while ((await store.get('/v1/erasures')).status !== 401) await sleep(100);
    const { code, result } = await erase('cyd', { EDGESOUL_KEY: token });
    expect([code, result]).toEqual([
      1,
      {
        userId: 'cyd',
        erasureId: expect.any(String),
        position: expect.any(Number),
        copiesError: expect.stringContaining('scope operator'),
      },
    ]);
    const authorization = `Bearer ${token}`;
    const shown = await store.get(`/v1/erasures/${result.erasureId}`, { authorization });
    expect(shown.body).toMatchObject({ userId: 'cyd', actor: 'eraser' });
  });
});
