import { existsSync } from 'node:fs';
import { pagesOf } from '../../database/pages-of.js';
import type { RowReader } from '../../database/row-store.js';
import { StoreError } from '../../errors.js';
import { erasedCopiesTable } from '../../events/log/erasure/erasure-tables.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import { owingCopies, type OwingCopies } from '../copies/owing-copies.js';

/** A file of the backup folder that had the person and was rewritten without. */
interface RewrittenFile {
  /** Name in the backup folder. */
  file: string;
  /** SHA-256 of the file before and after, 64 hex digits. A later erasure may have rewritten it again. */
  previousSha256: string;
  sha256: string;
  /** ISO 8601, UTC. */
  rewrittenAt: string;
}

/** What became of the copies in the backup folder. */
export interface CertifiedCopies {
  /** By name. Retention may have removed some of them since. */
  rewritten: RewrittenFile[];
  /** Files that may have the person still; `why` is null for one that is about to be rewritten. */
  stillHolding: { file: string; why: string | null }[];
  /** Why it cannot be told which files have the person; null if it can. */
  unknown: string | null;
}

/** What the backup folder owes to its erasures now. */
export interface FolderState extends OwingCopies {
  unknown: string | null;
}

/**
 * Reads what the backup folder owes to erasures; undefined if there is no folder. A damaged ledger or file there
 * does not take the certificates away: they say so.
 */
export async function readFolderState(reader: StoreReader, folder: string): Promise<FolderState | undefined> {
  if (!existsSync(folder)) return undefined;
  try {
    return { ...(await owingCopies(folder, reader)), unknown: null };
  } catch (error) {
    if (!(error instanceof StoreError) || error.code.startsWith('database.')) throw error;
    return { copies: [], unreadable: [], unknown: error.message };
  }
}

/** Whether copies have the person of the erasure, and if so, whether something will change that. */
export function copiesState(
  folder: FolderState | undefined,
  erasureId: string,
): 'copies-pending' | 'copies-unreachable' | 'done' {
  if (!folder) return 'done';
  const holding = holdingOf(folder, erasureId);
  if (holding.some(({ why }) => why === null)) return 'copies-pending';
  return holding.length > 0 || folder.unknown !== null ? 'copies-unreachable' : 'done';
}

/** Returns what became of the copies that had the person. */
export async function certifiedCopies(
  reader: StoreReader,
  folder: FolderState,
  erasureId: string,
): Promise<CertifiedCopies> {
  const stillHolding = holdingOf(folder, erasureId);
  const holding = new Set(stillHolding.map(({ file }) => file));
  const rewritten: RewrittenFile[] = [];
  const list: RowReader['list'] = (table, query) => reader.rows(table, query);
  const query = { filters: [['erasureId', '=', erasureId] as const], order: erasedCopiesTable.key };
  for await (const page of pagesOf({ list }, erasedCopiesTable, query))
    for (const { file, previousSha256, sha256, rewrittenAt } of page)
      // A copy that was put back from elsewhere has the person again.
      if (!holding.has(file))
        rewritten.push({ file, previousSha256, sha256, rewrittenAt: new Date(rewrittenAt).toISOString() });
  return { rewritten, stillHolding, unknown: folder.unknown };
}

function holdingOf({ copies, unreadable }: FolderState, erasureId: string): CertifiedCopies['stillHolding'] {
  return [
    ...copies
      .filter(({ owed }) => owed.some((entry) => entry.erasureId === erasureId))
      .map(({ file, why }) => ({ file, why })),
    ...unreadable.map(({ file, why }) => ({ file, why })),
  ];
}
