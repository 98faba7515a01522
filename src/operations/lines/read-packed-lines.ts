import { FileRefused } from '../../errors.js';
import { damagedBackup, foreignBackup } from '../backup/backup-errors.js';
import { unpacked } from '../backup/zstd-files.js';
import { reasonOf } from './file-errors.js';
import type { LogEntry } from './log-line.js';
import { readLines } from './read-log-lines.js';

/** Reads and checks a compressed file of lines. Throws Corrupt or Refused, naming the file and its damage. */
export async function* readPackedLines(file: string): AsyncGenerator<LogEntry> {
  try {
    yield* readLines(unpacked(file));
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    if (error.code === 'file.damaged' || error.code === 'file.truncated') {
      throw damagedBackup(file, reasonOf(error), error);
    }
    throw foreignBackup(file, reasonOf(error));
  }
}
