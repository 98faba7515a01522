import { setPriority } from 'node:os';

const LOWEST_PRIORITY = 19;

/**
 * Gives the calling thread the lowest priority, for good, so that it never slows the service. Does nothing
 * except on Linux, where priority is set per thread.
 */
export function lowerPriority(): void {
  if (process.platform === 'linux') setPriority(LOWEST_PRIORITY);
}
