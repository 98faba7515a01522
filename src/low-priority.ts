import { setPriority } from 'node:os';

const LOWEST_PRIORITY = 19;

/**
 * Gives the calling thread, and only that, a lower priority, for good: a nice value, the lowest by default. Does
 * nothing except on Linux.
 */
export function lowerPriority(nice = LOWEST_PRIORITY): void {
  if (process.platform === 'linux') setPriority(nice);
}
