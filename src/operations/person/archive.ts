import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { NotFound } from '../../errors.js';
import { erasuresTable } from '../../events/log/erasure/erasure-tables.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import { archiveFiles, type ArchiveFile, type Person } from './archive-files.js';

/** The version of the layout of an archive. */
const FORMAT = 1;

/** What the last file of an archive says of the others. */
interface WrittenFile {
  /** Bytes and lines before they were compressed. */
  bytes: number;
  lines: number;
  sha256: string;
}

/**
 * Yields a ZIP archive of everything that the store holds of a user, made as it is taken; returns its size in
 * bytes. The list of its files comes at its end, so that no program opens a part of it. Call it within one
 * snapshot of the reader, which must last until the end. Throws NotFound for an unknown or erased user.
 */
export async function* archiveOf(
  reader: StoreReader,
  userId: string,
  exportedAt: number,
): AsyncGenerator<Uint8Array, number> {
  const person = await personOf(reader, userId);
  const zip = new ZipFile();
  const written: Record<string, WrittenFile> = {};
  const files = archiveFiles(reader, person);
  const mtime = new Date(exportedAt);
  const output = zip.outputStream as Readable;
  // What fails while a file is read fails the archive.
  zip.on('error', (error: Error) => output.destroy(error));
  zip.addBuffer(Buffer.from(readme(person, files, mtime)), 'README.txt', { mtime });
  for (const { name, bytes } of files) addFile(zip, { name, mtime }, () => recorded(bytes(), name, written));
  const manifest = async function* (): AsyncGenerator<Uint8Array, void> {
    const { position } = person;
    const about = { format: FORMAT, storeId: await reader.storeId(), userId, position };
    const all = { ...about, exportedAt: mtime.toISOString(), files: written };
    yield Buffer.from(`${JSON.stringify(all, null, 2)}\n`);
  };
  addFile(zip, { name: 'manifest.json', mtime }, manifest);
  zip.end();
  let size = 0;
  for await (const chunk of output as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    yield chunk;
  }
  return size;
}

async function personOf(reader: StoreReader, userId: string): Promise<Person> {
  const { position } = await reader.head();
  const ofUser = { filters: [['userId', '=', userId] as const], order: ['userId'], limit: 1 };
  const [erasure] = await reader.rows(erasuresTable, ofUser);
  if (erasure && erasure.reopened === null) throw NotFound.user(userId);
  const after = erasure?.reopened ?? 0;
  const [first] = await reader.events({ userId, after, upTo: position, limit: 1 });
  if (!first) throw NotFound.user(userId);
  return { userId, after, position };
}

/** The file is read when it is its turn: one at a time. */
function addFile(
  zip: ZipFile,
  { name, mtime }: { name: string; mtime: Date },
  bytes: () => AsyncGenerator<Uint8Array, void>,
): void {
  zip.addReadStreamLazy(name, { mtime }, (give) => give(null, Readable.from(bytes(), { objectMode: false })));
}

/** The same bytes; notes what they are once all of them are taken. */
async function* recorded(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
  written: Record<string, WrittenFile>,
): AsyncGenerator<Uint8Array, void> {
  const hash = createHash('sha256');
  let size = 0;
  let lines = 0;
  for await (const chunk of bytes) {
    hash.update(chunk);
    size += chunk.byteLength;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
    yield chunk;
  }
  written[name] = { bytes: size, lines, sha256: hash.digest('hex') };
}

function readme({ userId, position, after }: Person, files: readonly ArchiveFile[], at: Date): string {
  const width = Math.max(...files.map(({ name }) => name.length));
  return [
    `Everything that this service held of ${userId} at ${at.toISOString()} (position ${position} of its log).`,
    ...(after > 0 ? [`The id was another person's up to position ${after}; nothing of them is here.`] : []),
    '',
    'Files that end in .ndjson have one JSON object per line. Times are ISO 8601, in UTC; utcOffset is the',
    'local time at that moment, in minutes east of UTC. Intensities, confidences and importances are 0 to 1,',
    'levels 0 to 100. A position is a place in the log, where earlier has the smaller number.',
    '',
    ...files.map(({ name, about }) => `${name.padEnd(width)}  ${about}`),
    `${'manifest.json'.padEnd(width)}  the size and the SHA-256 of each of these files`,
    '',
  ].join('\n');
}
