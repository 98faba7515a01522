import { allFailures } from '../../projections/folding/checkpoints.js';
import { PROJECTIONS } from '../../projections/projection-catalog.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { readStore } from '../../store/open-store-reader.js';
import type { Manifest } from '../backup/manifest.js';
import { liveDigests } from '../verify/live-digests.js';

/** A projection's digest after the backup was unpacked, beside the one in the manifest. */
export interface ComparedDigest {
  name: string;
  rows: number;
  manifest: string;
  restored: string;
  equal: boolean;
}

/** Compares live rows with the manifest, except for stopped projections and other versions. */
export async function compareDigests(address: DatabaseAddress, base: Manifest): Promise<ComparedDigest[]> {
  const live = await readStore(address, async (reader) => {
    const failures = await allFailures(reader);
    const comparable = PROJECTIONS.filter(
      ({ name, version }) =>
        base.projections.some((each) => each.name === name && each.version === version) &&
        !failures.some(({ projection }) => projection === name),
    );
    return liveDigests(reader, comparable);
  });
  return live.map(({ name, rows, digest }) => {
    const manifest = base.projections.find((each) => each.name === name)?.digest ?? '';
    return { name, rows, manifest, restored: digest, equal: manifest === digest };
  });
}
