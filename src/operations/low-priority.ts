import { setPriority } from 'node:os';

const LOWEST_PRIORITY = 19;

/** Gives the calling thread, and only that, the lowest priority, for good. Does nothing except on Linux. */
export function lowerPriority(): void {
  if (process.platform === 'linux') setPriority(LOWEST_PRIORITY);
}
