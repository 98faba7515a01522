import { ENCRYPTED } from '../encryption/encrypted-files.js';
import type { Copy } from './own-copies.js';

/** Kinds of data files that this release can open and write again. */
const KINDS: ReadonlySet<string> = new Set(['sqlite', 'lines']);

/**
 * Why a copy cannot be rewritten by the machine that makes backups; undefined if it can. Such a copy is listed
 * with whom it has until retention removes it, and a restore of it erases them again.
 */
export function whyUnreachable(copy: Copy): string | undefined {
  if (copy.file.endsWith(ENCRYPTED))
    return 'it is encrypted, and this machine has no key to read it; retention removes it';
  if ('segment' in copy || KINDS.has(copy.manifest.kind)) return undefined;
  return `it is of the kind "${copy.manifest.kind}", which cannot be written again here; retention removes it`;
}
