import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import zlib from 'node:zlib';

/** The files below a folder that have one of the words, in any case, as they are or decompressed. */
export async function filesWithWords(folder: string, words: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    // A file may go while the folder is read.
    const bytes = await readFile(file).catch(() => Buffer.alloc(0));
    if (bytes.length === 0) continue;
    const texts = [bytes, ...(file.endsWith('.zst') ? [zlib.zstdDecompressSync(bytes)] : [])];
    const has = (text: Buffer) => words.some((word) => text.toString('latin1').toLowerCase().includes(word));
    if (texts.some(has)) found.push(relative(folder, file));
  }
  return found.toSorted();
}
