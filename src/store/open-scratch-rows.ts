import { rmSync, writeFileSync } from 'node:fs';
import { ScratchRows, type ScratchRow } from '../database/sqlite/scratch-rows.js';

export type { ScratchRow, ScratchRows };

/** Opens the rows of a computation, with those that were saved before; `isNew` discards them. */
export function openScratchRows(file: string, { isNew }: { isNew: boolean }): ScratchRows {
  if (isNew) {
    removeScratchRows(file);
    // The system says better than SQLite why a file cannot be made.
    writeFileSync(file, '');
  }
  return new ScratchRows(file);
}

/** Removes the file of a computation that has ended. */
export function removeScratchRows(file: string): void {
  for (const name of [file, `${file}-journal`]) rmSync(name, { force: true });
}
