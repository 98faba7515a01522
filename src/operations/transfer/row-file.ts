import { createWriteStream, openSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { InvalidInput } from '../../errors.js';
import { syncFolder } from '../../store/sync-folder.js';
import { whyOf } from '../../why.js';

/** A file under its temporary name, which it keeps until it is complete. */
export interface PartialFile {
  file: string;
  bytes: number;
}

/** The name of a file that is being written. */
function partialName(file: string): string {
  return `${file}.partial`;
}

/**
 * Writes the chunks to the file under its temporary name, on disk when it resolves. Throws InvalidInput if it
 * cannot be written; the temporary file is then removed.
 */
export async function writePartial(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<PartialFile> {
  const partial = partialName(file);
  try {
    const output = createWriteStream(partial, { fd: openSync(partial, 'w'), flush: true });
    await pipeline(Readable.from(chunks, { objectMode: false }), output, { signal });
    return { file, bytes: output.bytesWritten };
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw (error as NodeJS.ErrnoException).syscall === undefined ? error : unwritableOutput(file, error);
  }
}

/** Gives complete files their names. */
export async function nameFiles(files: readonly PartialFile[]): Promise<void> {
  for (const { file } of files) await rename(partialName(file), file);
  for (const folder of new Set(files.map(({ file }) => dirname(file)))) syncFolder(folder);
}

/** Removes a file that did not become complete. */
export async function removePartial(file: string): Promise<void> {
  await rm(partialName(file), { force: true });
}

/** The file or folder that the caller named cannot be written. */
export function unwritableOutput(file: string, cause: unknown): InvalidInput {
  const message = `${file} cannot be written: ${whyOf(cause)}`;
  return new InvalidInput('request.invalid', message, { cause, errors: [{ path: 'file', message }] });
}
