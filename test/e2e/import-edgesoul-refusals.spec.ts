import { open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { edgesoul } from '../support/edgesoul.js';
import { OriginalDatabase } from '../support/original-database.js';
import { Store } from '../support/store.js';

let source: OriginalDatabase;

beforeEach(async () => {
  source = await OriginalDatabase.create();
});

afterEach(async () => {
  source.db.close();
  await rm(source.folder, { recursive: true });
});

async function refusal(
  file: string,
): Promise<{ code: number | null; error: { code: string; message: string } }> {
  const env = { DATA_DIR: `${file}-target` };
  const { code, stdout } = await edgesoul(['import-edgesoul', file, '--json'], env);
  await expect(stat(env.DATA_DIR)).rejects.toThrow('ENOENT');
  return { code, ...(JSON.parse(stdout) as { error: { code: string; message: string } }) };
}

describe('edgesoul import-edgesoul refuses', () => {
  it('what is no database, a folder, an empty and an absent file, and one of 2 GB, without creating a store', async () => {
    const { folder } = source;
    const text = join(folder, 'text.db');
    await writeFile(text, 'Not a database at all, but long enough to be one.'.repeat(100));
    expect(await refusal(text)).toMatchObject({
      code: 1,
      error: { code: 'file.foreign', message: expect.stringMatching(/no SQLite database/) },
    });
    const empty = join(folder, 'empty.db');
    await writeFile(empty, '');
    expect((await refusal(empty)).error.message).toMatch(/it is empty/);
    expect((await refusal(folder)).error).toMatchObject({ code: 'file.unreadable' });
    expect((await refusal('/dev/zero')).error).toMatchObject({
      code: 'file.unreadable',
      message: expect.stringMatching(/it is no file/),
    });
    expect((await refusal(join(folder, 'absent.db'))).error).toMatchObject({ code: 'file.unreadable' });
    const huge = join(folder, 'huge.db');
    const handle = await open(huge, 'w');
    await handle.truncate(2 * 1024 ** 3);
    await handle.close();
    const begun = performance.now();
    expect((await refusal(huge)).error.message).toMatch(/no SQLite database/);
    expect(performance.now() - begun).toBeLessThan(20_000);
  });

  it('a truncated database and a damaged one', async () => {
    for (let i = 0; i < 300; i++) source.memory('mira', `mira_${i}`, { content: 'word '.repeat(100) });
    source.db.pragma('wal_checkpoint(truncate)');
    source.db.pragma('journal_mode = delete');
    source.db.close();
    const bytes = await readFile(source.file);
    const damaged = join(source.folder, 'damaged.db');
    await writeFile(damaged, bytes.fill(0x55, 8_192, 40_000));
    expect((await refusal(damaged)).error).toMatchObject({ code: 'file.damaged' });
    await truncate(source.file, 20_480);
    expect((await refusal(source.file)).error).toMatchObject({ code: 'file.truncated' });
  });

  it("another program's database, and that of a store", async () => {
    const { folder } = source;
    const other = join(folder, 'other.db');
    new Database(other).exec('create table bookmarks (id integer primary key, url text)').close();
    expect((await refusal(other)).error).toMatchObject({
      code: 'file.foreign',
      message: expect.stringMatching(/no table user_profiles; its tables are bookmarks/),
    });
    const store = await Store.start();
    expect((await refusal(join(store.dataDir, 'edgesoul.db'))).error.message).toMatch(
      /of an EdgeSoul Store itself/,
    );
    const wrong = await edgesoul(['import-edgesoul', other, '--time-zone', 'Mars/Base'], store.settings);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/IANA/)]);
    await store.remove();
  });
});
