import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Puts the names in a folder on disk, so that a file's new name survives a power loss. */
export function syncFolder(folder: string): void {
  // Windows has no such thing, and needs none.
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
