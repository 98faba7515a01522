import { setPriority } from 'node:os';

const NICE = 19;

/** Puts a thread for long work below everything that serves, for good. On Linux this concerns only the calling thread. */
export function lowerPriority(): void {
  if (process.platform === 'linux') setPriority(NICE);
}
