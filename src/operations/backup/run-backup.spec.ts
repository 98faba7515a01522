import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeLock } from '../../store/sqlite/folder-lock.js';
import { lastDrill } from '../restore/drill.js';
import { runBackup, runDrill } from './run-backup.js';

describe('a backup folder that another process has locked', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'edgesoul-unit-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it.each([
    [
      'backup',
      'writing a backup into',
      () => runBackup({ address: { file: join(folder, 'none.db') }, folder }),
    ],
    ['drill', 'running a restore drill in', () => runDrill({ folder })],
  ])('refuses a %s by naming what runs', async (job, doing, run) => {
    const lock = takeLock(join(folder, `${job}.lock`));
    await expect(run()).rejects.toMatchObject({
      code: `${job}.running`,
      message: `Another process is ${doing} ${folder}; wait for it, or stop it.`,
    });
    // A drill that did not begin is no failed one.
    expect(await lastDrill(folder, undefined)).toBeUndefined();
    lock?.close();
  });
});
