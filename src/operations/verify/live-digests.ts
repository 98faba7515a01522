import { createHash } from 'node:crypto';
import { digestOf, livePages, rowTexts } from '../../projections/folding/compare-rows.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import type { Projection } from '../../projections/projection.js';

/** A digest of a projection's live rows. */
export interface LiveDigest {
  name: string;
  /** Version of the projection's folds. */
  version: number;
  rows: number;
  /** Comparable with `digestLive` of a verification. */
  digest: string;
}

/** Computes the digests of all live rows. Far cheaper than a verification, which also folds the log. */
export async function liveDigests(
  reader: Pick<StoreReader, 'rows'>,
  projections: readonly Projection[],
): Promise<LiveDigest[]> {
  const digests: LiveDigest[] = [];
  for (const { name, version, tables } of projections) {
    const hashes = [];
    let rows = 0;
    for (const table of tables) {
      const text = rowTexts(table);
      const hash = createHash('sha256').update(`${table.name}\n`);
      for await (const page of livePages(reader, table, { after: '', upTo: undefined })) {
        for (const row of page) hash.update(text(row));
        rows += page.length;
      }
      hashes.push(hash);
    }
    digests.push({ name, version, rows, digest: digestOf(hashes) });
  }
  return digests;
}
