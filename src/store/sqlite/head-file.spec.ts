import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HEAD_FILE, readHeadFile, writeHeadFile } from './head-file.js';

const head = { position: 7, hash: 'ab'.repeat(32), at: 1_700_000_000_000 };

describe('the head file', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'head-file-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('says what was written last, in one file that only its owner may read', async () => {
    await writeHeadFile(folder, { ...head, position: 3 });
    await writeHeadFile(folder, head);

    expect(readHeadFile(folder)).toEqual(head);
    expect(await readdir(folder)).toEqual([HEAD_FILE]);
    expect((await stat(join(folder, HEAD_FILE))).mode & 0o777).toBe(0o600);
  });

  it.each([['{'], ['{"position":7}'], ['{"position":-0.5,"hash":"ab"}'], ['']])(
    'says nothing when it contains %j',
    async (content) => {
      await writeFile(join(folder, HEAD_FILE), content);
      expect(readHeadFile(folder)).toBeUndefined();
    },
  );

  it('that cannot be written is named in the error', async () => {
    // A folder of the file's name is in the way.
    await mkdir(join(folder, HEAD_FILE));
    await expect(writeHeadFile(folder, head)).rejects.toMatchObject({
      code: 'database.unavailable',
      message: expect.stringContaining(`${HEAD_FILE}.writing cannot be written`),
    });
  });
});
