import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { identityOfLog } from '../../src/events/log/store-identity.js';
import { manifestOf, type Manifest } from '../../src/operations/backup/manifest.js';
import { linesOf } from '../../src/operations/lines/log-lines.js';
import { restoreInto } from '../../src/operations/restore/restore.js';
import { migrate } from '../../src/store/migrate.js';
import { readStore } from '../../src/store/open-store-reader.js';
import { emptyDatabase } from '../../src/store/postgresql/empty-database.js';
import { emptyFile } from '../../src/store/sqlite/empty-file.js';
import { allEvents, append, joy } from '../support/appends.js';
import { fullBackup, restoreInScratchFolder } from '../support/backups.js';
import { DATABASES } from '../support/databases.js';
import { liveFolds } from '../support/folds.js';
import { dropDatabase, emptyDatabase as newDatabase } from '../support/postgresql-databases.js';
import { scratchFolder } from '../support/scratch.js';
import type { TestDatabase } from '../support/test-database.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const OTHER = '01987654-3210-7abc-8def-0123456789ab';

/** Takes the migration of the identity back, as in a store of an older release. */
const WITHOUT_IDENTITY = `drop table store_identity;
  delete from mikro_orm_migrations where name = '0007-store-identity'`;

const idOf = (address: TestDatabase['address']) => readStore(address, (reader) => reader.storeId());

/** The identity of the backup, restored into a file and into a PostgreSQL database. */
async function restoredIds(folder: string): Promise<string[]> {
  const url = await newDatabase();
  try {
    await restoreInto({ url }, { folder });
    return [await restoreInScratchFolder({ folder }, (file) => idOf({ file })), await idOf({ url })];
  } finally {
    await dropDatabase(url);
  }
}

for (const database of DATABASES) {
  describe(`${database.name}: the identity of a store`, () => {
    let db: TestDatabase;
    let folder: string;

    const write = () => db.writer(liveFolds()).write(append([joy(), joy(), joy()]));

    beforeEach(async () => {
      db = await database.open();
      folder = await scratchFolder();
    });

    afterEach(async () => {
      await db.close();
      await rm(folder, { recursive: true });
    });

    it('is a UUID that stays the same', async () => {
      const storeId = await idOf(db.address);
      expect(storeId).toMatch(UUID);

      await write();
      await db.reopen();
      await migrate(db.address);

      expect(await idOf(db.address)).toBe(storeId);
      expect(await db.reads.storeId()).toBe(storeId);
      const { recordedAt } = await db.log.head();
      expect(await db.reads.storeHead()).toEqual({ storeId, head: 3, recordedAt });
    });

    it.each([
      `insert into store_identity values ('${OTHER}')`,
      `update store_identity set store_id = '${OTHER}'`,
      'delete from store_identity',
    ])('cannot be changed once the store has events: %s', async (sql) => {
      await write();

      await expect(db.execute(sql)).rejects.toThrow('the identity of a store is fixed');
    });

    it('of a store that had none is made of its first event', async () => {
      await write();
      await db.execute(
        'file' in db.address
          ? WITHOUT_IDENTITY
          : `${WITHOUT_IDENTITY}; drop function store_identity_is_fixed`,
      );

      expect(await migrate(db.address)).toEqual(['0007-store-identity']);

      const [first] = await allEvents(db.log);
      expect(await idOf(db.address)).toBe(identityOfLog(first?.hash ?? ''));
      expect(await idOf(db.address)).toMatch(UUID);
    });

    it('is in the manifest of a backup and in the header of every file of lines', async () => {
      await write();
      const storeId = await idOf(db.address);

      const manifest = await fullBackup(db.address, folder);
      const lines: string[] = [];
      await readStore(db.address, async (reader) => {
        for await (const text of linesOf(reader, { after: 0 })) lines.push(text);
      });

      expect(manifest.storeId).toBe(storeId);
      expect(JSON.parse(lines[0] ?? '')).toMatchObject({ edgesoul: 'log', storeId });
    });

    describe('in a backup', () => {
      let manifest: Manifest;
      let storeId: string;

      beforeEach(async () => {
        await write();
        storeId = await idOf(db.address);
        manifest = await fullBackup(db.address, folder);
      });

      it('comes back with a restore', async () => {
        expect(await restoredIds(folder)).toEqual([storeId, storeId]);
      });

      it('is made of the first event if the backup records none', async () => {
        if (manifest.kind === 'sqlite') return;
        const { storeId: _none, ...older } = manifest;
        await writeFile(join(folder, manifestOf(manifest.file)), JSON.stringify(older));

        const [first] = await allEvents(db.log);
        const expected = identityOfLog(first?.hash ?? '');
        expect(await restoredIds(folder)).toEqual([expected, expected]);
      });
    });

    it('is another one after a reset', async () => {
      const storeId = await idOf(db.address);
      if ('file' in db.address) await emptyFile(dirname(db.address.file));
      else {
        const { position, hash } = await db.log.head();
        await emptyDatabase(db.address.url, { position, chainHead: hash, receipts: 0 });
      }

      expect(await idOf(db.address)).toMatch(UUID);
      expect(await idOf(db.address)).not.toBe(storeId);
    });
  });
}
