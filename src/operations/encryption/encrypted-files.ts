import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { StartRefused } from '../../errors.js';
import { damagedBackup, encryptedBackup } from '../backup/backup-errors.js';
import { presentIdentities } from './identities.js';

/** The end of the name of a file in the age format, version 1 (https://age-encryption.org/v1). */
export const ENCRYPTED = '.age';
/** The first line of such a file. */
const MAGIC = 'age-encryption.org/v1\n';
const PIECE_BYTES = 1 << 20;

// The library is loaded where something is encrypted: most services encrypt nothing.

/** Throws StartRefused unless all are recipients that something can be encrypted to. */
export async function checkRecipients(recipients: readonly string[]): Promise<void> {
  if (recipients.length === 0) return;
  const { Encrypter } = await import('age-encryption');
  for (const recipient of recipients) {
    try {
      new Encrypter().addRecipient(recipient);
    } catch {
      throw new StartRefused(
        `BACKUP_RECIPIENT: ${recipient} is mistyped; "edgesoul backup-keys create" prints one.`,
      );
    }
  }
}

/** Encrypts a file into a new one for all recipients, 64 KiB at a time, and syncs it to disk. */
export async function encryptFile(
  source: string,
  file: string,
  recipients: readonly string[],
): Promise<{ bytes: number; sha256: string }> {
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  const hash = createHash('sha256');
  let bytes = 0;
  const measured = new Transform({
    transform(piece: Buffer, _encoding, done) {
      hash.update(piece);
      bytes += piece.length;
      done(null, piece);
    },
  });
  const encrypted = await encrypter.encrypt(
    webStream(createReadStream(source, { highWaterMark: PIECE_BYTES })),
  );
  await pipeline(
    Readable.fromWeb(encrypted as WebStream),
    measured,
    createWriteStream(file, { flags: 'wx', flush: true }),
  );
  return { bytes, sha256: hash.digest('hex') };
}

/** Whether a file that can be read is encrypted, by its first bytes. */
export async function isEncrypted(file: string): Promise<boolean> {
  const handle = await open(file).catch(() => undefined);
  if (!handle) return false;
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(MAGIC.length), position: 0 });
    return buffer.subarray(0, bytesRead).toString('latin1') === MAGIC;
  } finally {
    await handle.close();
  }
}

/**
 * Yields what an encrypted file contains. Throws Refused, naming the recipients, if no present identity fits,
 * and Corrupt if the file is not what was written.
 */
export async function* decrypted(file: string): AsyncGenerator<Buffer> {
  const { Decrypter } = await import('age-encryption');
  const identities = presentIdentities();
  if (identities.length === 0) throw encryptedBackup(file, await recipientsOf(file));
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  const source = createReadStream(file, { highWaterMark: PIECE_BYTES });
  try {
    const content = await decrypter.decrypt(webStream(source)).catch(async (cause: unknown) => {
      if (/no identity matched/.test((cause as Error).message))
        throw encryptedBackup(file, await recipientsOf(file), 'none of the identities fits');
      throw damagedBackup(file, 'its encryption is not what was written', cause);
    });
    for await (const piece of Readable.fromWeb(content as WebStream)) yield Buffer.from(piece as Uint8Array);
  } catch (cause) {
    if (/tag|chunk/.test((cause as Error).message))
      throw damagedBackup(file, 'what is encrypted in it was changed, or is truncated', cause);
    throw cause;
  } finally {
    source.destroy();
  }
}

/** The name of the readable file beside an encrypted one, which says what it is. */
export function descriptionOf(file: string): string {
  return file.replace(/(\.(db|ndjson)\.zst)?\.age$/, '.json');
}

/** To whom a file is encrypted, as the file beside it says; empty if that cannot be read. */
async function recipientsOf(file: string): Promise<string[]> {
  try {
    const { encryptedTo } = JSON.parse(await readFile(descriptionOf(file), 'utf8')) as {
      encryptedTo?: string[];
    };
    return encryptedTo ?? [];
  } catch {
    return [];
  }
}

function webStream(source: Readable): ReadableStream<Uint8Array> {
  return Readable.toWeb(source) as ReadableStream<Uint8Array>;
}
