import { setPriority } from 'node:os';

// Imported by threads for long work: below everything that serves. On Linux this concerns only the calling thread.
const NICE = 19;
if (process.platform === 'linux') setPriority(NICE);
