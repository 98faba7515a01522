/**
 * How the names begin of what is unpacked in a backup folder while somebody works. Each may have all that
 * people said; who is killed leaves it.
 */
export const SCRATCH = {
  backup: '.partial-',
  drill: '.drill-',
  rewriting: '.rewriting-',
  restore: '.restoring-',
} as const;

type Job = keyof typeof SCRATCH;

/** The name of the lock that is held by whoever uses the scratch; undefined if it is not the name of any. */
export function scratchLock(name: string): string | undefined {
  if (/\.lock(-|$)/.test(name)) return undefined;
  const job = (Object.keys(SCRATCH) as Job[]).find((each) => name.startsWith(SCRATCH[each]));
  // Several restores may read one folder; all else is done by one process at a time.
  return job === 'restore' ? `${name.replace(/\.db(-\w+)?$/, '')}.lock` : job && `${job}.lock`;
}
