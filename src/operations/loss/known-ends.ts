import type { StoreReader } from '../../projections/folding/store-reader.js';
import { endText, type EndId } from '../../store/store-marks.js';
import { listManifests } from '../backup/backup-folder.js';
import type { Manifest } from '../backup/manifest.js';
import { hashAt } from '../shipping/hash-at.js';
import { listSegments, sealOf, shortHash, type Segment } from '../shipping/segments.js';

/** Where the log ended once, according to something beside the log. */
export interface KnownEnd extends EndId {
  /** What knows it: a file's name, or what it is. */
  source: string;
  /** When that was written, ms UTC. */
  at: () => Promise<number>;
  /** Whether a restore can bring the log back up to there. */
  inBackups: boolean;
}

/** Whether the log has the event of that end. */
export async function hasEnd(
  reader: Pick<StoreReader, 'events'>,
  { position, hash }: EndId,
): Promise<boolean> {
  return shortHash(await hashAt(reader, position)) === hash;
}

/** Returns every end that the folder knows, of whatever log. */
export async function endsIn(folder: string): Promise<KnownEnd[]> {
  const [manifests, segments] = await Promise.all([listManifests(folder), listSegments(folder)]);
  return [
    ...manifests.filter(({ position }) => position > 0).map(endOfManifest),
    ...segments.map((segment) => endOfSegment(folder, segment)),
  ];
}

/**
 * Returns the ends in the folder that belong to this log, or continue it: a folder may have the backups of
 * other stores. A manifest names its store, or its end is met by segments; segments follow each other.
 */
export async function ownEndsIn(
  folder: string,
  reader: Pick<StoreReader, 'events'>,
  storeId: string | undefined,
): Promise<KnownEnd[]> {
  const [manifests, segments] = await Promise.all([listManifests(folder), listSegments(folder)]);
  const own = new Set<string>();
  const ends: KnownEnd[] = [];
  const take = (end: KnownEnd) => {
    own.add(endText(end));
    ends.push(end);
  };
  const unclear: Manifest[] = [];
  for (const manifest of manifests.filter(({ position }) => position > 0)) {
    const end = endOfManifest(manifest);
    const isNamed = manifest.storeId !== undefined && storeId !== undefined;
    if (isNamed ? manifest.storeId === storeId : await hasEnd(reader, end)) take(end);
    else if (!isNamed) unclear.push(manifest);
  }
  // By position: a segment comes after the one that it follows.
  for (const segment of segments) {
    const before = { position: segment.from - 1, hash: segment.previousHash };
    const end = endOfSegment(folder, segment);
    const follows =
      own.has(endText(before)) ||
      (segment.from > 1 && (await hasEnd(reader, before))) ||
      (await hasEnd(reader, end));
    if (follows) take(end);
  }
  return [...ends, ...unclear.map(endOfManifest).filter((end) => own.has(endText(end)))];
}

function endOfManifest({ position, chainHead, file, createdAt, recordedAt }: Manifest): KnownEnd {
  // The snapshot of a backup is taken after the backup began, so its last event may be newer.
  const at = Math.max(Date.parse(createdAt), recordedAt === null ? 0 : Date.parse(recordedAt));
  return { position, hash: shortHash(chainHead), source: file, at: async () => at, inBackups: true };
}

function endOfSegment(folder: string, segment: Segment): KnownEnd {
  const { to: position, lastHash: hash, file: source } = segment;
  return {
    position,
    hash,
    source,
    at: async () => (await sealOf(folder, segment)).sealedAt,
    inBackups: true,
  };
}
