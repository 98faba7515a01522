import { setTimeout as pause } from 'node:timers/promises';
import { Refused } from '../../errors.js';
import type { RewriteInput, RewriteReport } from '../../operations/copies/rewrite-copies.js';
import { inThread } from '../../operations/in-thread.js';
import { interruptible } from './interruptible.js';
import type { FollowedJob, RunningService } from './service.js';
import type { Terminal } from './terminal.js';

/** Pause before a service is asked again, ms. */
const RETRY_MS = 500;

/** What a rewriting has done. */
export type Rewritten = Pick<RewriteReport, 'rewritten' | 'unreached'>;

/** Takes erased persons out of the backups, in this process. */
export function runRewriting({ address, folder }: RewriteInput, terminal: Terminal): Promise<Rewritten> {
  const progress = terminal.progress('Rewriting backups', 'files');
  return interruptible(
    (signal) => inThread('rewrite', { address, folder }, { progress, signal }),
    'Interrupted; each file is as it was, or rewritten. Run the same command again to go on.',
  );
}

/** Has a running service do it, after the one that it may have begun by itself. */
export async function rewriteByService(service: RunningService, terminal: Terminal): Promise<Rewritten> {
  const progress = terminal.progress('Rewriting backups', 'files');
  for (;;) {
    try {
      return await service.run<FollowedJob & Rewritten>(
        { kind: 'rewriting', path: '/v1/ops/rewritings' },
        progress,
      );
    } catch (error) {
      if (!(error instanceof Refused && error.code === 'rewriting.running')) throw error;
      await pause(RETRY_MS);
    }
  }
}

export function rewrittenLines({ rewritten, unreached }: Rewritten): string[] {
  const held = rewritten.filter(({ erasureIds }) => erasureIds.length > 0);
  return [
    held.length === 0
      ? 'No backup had to be rewritten.'
      : `Rewritten without erased persons: ${held.length} files.`,
    ...held.map(({ file, sha256 }) => `  ${file}  SHA-256 ${sha256}`),
    ...unreached.map(({ file, why }) => `  ${file} MAY STILL HAVE THEM: ${why}`),
  ];
}
