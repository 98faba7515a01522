import { readFileSync } from 'node:fs';

/** The resident memory of a process, bytes; 0 where /proc does not have it. */
export function residentBytes(pid: number | undefined): number {
  try {
    const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Number(line?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
