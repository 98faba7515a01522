import { manifestOf, type Manifest } from './manifest.js';

type Ordered = Pick<Manifest, 'createdAt' | 'sequence'>;

/**
 * Sorts the newest backup first. Backups are numbered, because a clock can be set back: their times only
 * order those of older releases, which have no number and come before all others.
 */
export function newestFirst(a: Ordered, b: Ordered): number {
  return (b.sequence ?? 0) - (a.sequence ?? 0) || Date.parse(b.createdAt) - Date.parse(a.createdAt);
}

/** Whether a backup that cannot be restored was made after another one; by names if its number is unknown. */
export function isNewer(
  broken: { name: string; sequence?: number | undefined },
  { file, sequence }: Pick<Manifest, 'file' | 'sequence'>,
): boolean {
  if (broken.sequence !== undefined && sequence !== undefined) return broken.sequence > sequence;
  return broken.name > manifestOf(file);
}

/** Returns the highest number of a folder's backups; 0 if none has one. */
export function lastSequence(backups: readonly Pick<Manifest, 'sequence'>[]): number {
  return backups.reduce((last, { sequence = 0 }) => Math.max(last, sequence), 0);
}
