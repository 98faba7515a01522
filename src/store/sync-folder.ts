import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Syncs the folder's entries to disk, so that a file's new name survives a power failure. */
export function syncFolder(folder: string): void {
  // Windows cannot sync a folder, and does not need to.
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } catch (error) {
    // Some network file systems cannot sync a folder.
    if (!/^(EINVAL|ENOTSUP)$/.test(String((error as { code?: unknown }).code))) throw error;
  } finally {
    closeSync(handle);
  }
}
