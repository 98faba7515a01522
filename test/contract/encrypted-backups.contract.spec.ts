import { open, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { Refused } from '../../src/errors.js';
import { backUp } from '../../src/operations/backup/back-up.js';
import { removePartials } from '../../src/operations/backup/backup-folder.js';
import type { Manifest } from '../../src/operations/backup/manifest.js';
import { unpacked } from '../../src/operations/backup/zstd-files.js';
import { readIdentities, withIdentities } from '../../src/operations/encryption/identities.js';
import { drill } from '../../src/operations/restore/drill.js';
import { restoreFile } from '../../src/operations/restore/restore.js';
import { mergeSegments } from '../../src/operations/shipping/merge-segments.js';
import { listSegments, sealOf, segmentsFolder } from '../../src/operations/shipping/segments.js';
import { shipLog } from '../../src/operations/shipping/ship-log.js';
import { readStore } from '../../src/store/open-store-reader.js';
import { refusal } from '../support/appends.js';
import { BackedUpStore } from '../support/backed-up-store.js';
import { flipBit, logContentsOf, restoreInScratchFolder } from '../support/backups.js';
import { DATABASES } from '../support/databases.js';
import { scratchFolder } from '../support/scratch.js';

/** Compressed, then encrypted by `age` 1.1.1, the tool, for the identity beside it, made by `age-keygen`. */
const BY_AGE = {
  identity: 'AGE-SECRET-KEY-1R76N6ARDTAFTYX7FLU62NFJFWMJAFTZ2Z0L74TCY3ZCYJYJRJ5TS0LDDHF',
  file:
    'YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBHVFhBdnhSMHNPcktDVEUvMUsyTDJ1UGZVWDd2MlhYd3Y0NVZsRENCWkhj' +
    'CkVRdm01RUtodlkzbmRjZ3FraXRJb3RodTVYV3VPaHgrTU9DK3d6dnJYbXMKLS0tIHF1aVQxd2N1aTFNMWE1YWRZRENCcnZZVits' +
    'Q3hyY1YxNUU5MEtuRHVPOFUKO5p6Biewg3RYKjyxIT5nMEHldFVOmG++Zq03znymAcJB+7uiiklHri8lnsdp8QdLDvo9cPncpkhd' +
    'dlVjIsxEjQ==',
};

it('what the age tool has encrypted can be read', async () => {
  const folder = await scratchFolder();
  const file = join(folder, 'words.zst.age');
  await writeFile(file, Buffer.from(BY_AGE.file, 'base64'));
  await writeFile(join(folder, 'id.txt'), `# created: 2026\n# public key: x\n${BY_AGE.identity}\n`);
  const identities = await readIdentities(join(folder, 'id.txt'));
  const text = await withIdentities(identities, async () => {
    const pieces: Buffer[] = [];
    for await (const piece of unpacked(file)) pieces.push(piece);
    return Buffer.concat(pieces).toString();
  });
  expect(text).toBe('words of an older tool\n');
});

for (const database of DATABASES) {
  describe(`${database.name}: backups that are encrypted`, () => {
    let store: BackedUpStore;
    let manifest: Manifest;
    let identity: string;
    let recipient: string;

    beforeEach(async () => {
      identity = await generateX25519Identity();
      recipient = await identityToRecipient(identity);
      store = await BackedUpStore.open(database);
      const { address } = store.db;
      manifest = await backUp({ address, folder: store.folder, recipients: [recipient] });
      await removePartials(store.folder);
      for (let i = 0; i < 3; i++) {
        await store.write(1);
        await shipLog({ address, folder: store.folder, recipients: [recipient] });
      }
    });

    afterEach(() => store.close());

    it('are readable with the identity, and with no other', async () => {
      const { folder } = store;
      const truth = await logContentsOf(store.db.address);
      const source = { folder, identities: [await generateX25519Identity(), identity] };
      await restoreInScratchFolder(source, async (file, { segments }) => {
        expect(segments).toBe(3);
        expect(await logContentsOf({ file })).toEqual(truth);
      });
      expect(await drill(source)).toMatchObject({ position: 24, segments: 3 });

      const other = await generateX25519Identity();
      for (const identities of [undefined, [other]]) {
        const error = await refusal(restoreFile(await scratchFolder(), { folder, identities }));
        expect(error).toBeInstanceOf(Refused);
        expect([error.code, error.message.includes(recipient)]).toEqual(['backup.encrypted', true]);
      }
    });

    it('leave nothing in the folder that could be read, but what describes them', async () => {
      const names = await readdir(store.folder, { recursive: true });
      const files = names.filter((name) => /\.\w+$/.test(name));
      expect(files.filter((name) => name.endsWith('.age'))).toHaveLength(4);
      const readable: string[] = [];
      for (const name of files) {
        const content = await readFile(join(store.folder, name), 'latin1');
        if (!content.startsWith('age-encryption.org/v1\n')) readable.push(name);
        expect(content).not.toContain('calm');
      }
      expect(readable.filter((name) => !name.endsWith('.json'))).toEqual([]);
      expect(readable).toHaveLength(4);
      expect(manifest).toMatchObject({ encryptedTo: [recipient], position: 15, events: 15, verified: true });
    });

    it('have segments whose seals are readable, and that are merged and removed as others are', async () => {
      const { db, folder } = store;
      const storeId = await readStore(db.address, (reader) => reader.storeId());
      for (const segment of await listSegments(folder))
        expect(await sealOf(folder, segment)).toMatchObject({
          storeId,
          sequence: 1,
          sealedAt: expect.any(Number),
        });
      const options = { minSegments: 3, recipients: [recipient] };
      await readStore(db.address, (reader) => mergeSegments(reader, folder, options));
      expect(await listSegments(folder)).toMatchObject([{ from: 16, to: 24 }]);
      expect(await readdir(segmentsFolder(folder))).toHaveLength(2);
      await restoreInScratchFolder({ folder, identities: [identity] }, async (_file, { position }) => {
        expect(position).toBe(24);
      });
    });

    it('are refused when they were changed or cut off', async () => {
      const { folder } = store;
      const [segment] = await listSegments(folder);
      const path = join(segmentsFolder(folder), segment?.file ?? '');
      const whole = await readFile(path);
      const restored = async () =>
        refusal(restoreFile(await scratchFolder(), { folder, identities: [identity] }));
      await flipBit(path);
      expect((await restored()).code).toBe('backup.damaged');
      await writeFile(path, whole);
      await truncate(path, (await stat(path)).size - 1);
      expect((await restored()).code).toBe('backup.damaged');
      await writeFile(path, whole);
      const backup = await open(join(folder, manifest.file), 'r+');
      await backup.write('x', 300);
      await backup.close();
      expect((await restored()).code).toBe('backup.damaged');
    });
  });
}
