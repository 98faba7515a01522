import { readFileSync } from 'node:fs';

/** What a process holds in memory now; 0 where /proc does not tell. */
export function residentBytes(pid: number | undefined): number {
  try {
    const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Number(line?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
