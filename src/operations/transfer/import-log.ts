import { ACTORS } from '../../events/actors.js';
import type { EventLog, LogHead } from '../../events/log/event-log.js';
import { removeMark } from '../../store/store-marks.js';
import { markUnfinished } from '../../store/unfinished.js';
import { eraseAgain } from '../copies/erase-again.js';
import type { JobContext } from '../job-context.js';
import { chunkByCommand, type LineChunk } from '../lines/line-chunks.js';
import { oneAhead } from '../lines/one-ahead.js';
import { readLines } from '../lines/read-log-lines.js';
import { foldRest, type FoldedRest } from '../rebuild/fold-rest.js';
import { rebuild } from '../rebuild/rebuild.js';
import { verifyRefolded, type Refolded } from '../rebuild/verify-refolded.js';
import { verifyStore, type VerifyReport } from '../verify/verify-store.js';
import { AppendTarget } from './import-append.js';
import { checkImport } from './import-check.js';
import { ContinueTarget } from './import-continue.js';
import { storeChanged } from './import-errors.js';
import type { ImportParts, ImportPlan, ImportRequest, ImportTarget } from './import-parts.js';

export interface ImportReport extends FoldedRest {
  /** Events that were written. */
  events: number;
  /** Events that the store already had. */
  already: number;
  /** Events whose position differs from the one in the file. */
  moved: number;
  receipts: number;
  /** Events of users who were erased since the file was written: they are not appended. */
  leftOut: number;
  /** Erasures that the file had not, and that were repeated at the end of the log. */
  erasedAgain: number;
  head: LogHead;
  /** Null if no verification was requested. */
  verified: VerifyReport | null;
  /** What differed from the log and was folded again; null if nothing did, or nothing was verified. */
  refolded: Refolded | null;
  ms: number;
}

/** How the caller follows an import: it reads the file twice, folds what it wrote, verifies the store. */
export interface ImportContext extends JobContext {
  phase?: ((name: 'check' | 'write' | 'fold' | 'verify') => void) | undefined;
}

/**
 * Imports a file of log lines into a store. An empty store, or one that has the file's beginning, takes the
 * events at their positions in the file; with `append`, they go after the store's own events. The file and
 * its conflicts with the store are checked before the first write. An interrupted import continues when it is
 * run again. Throws FileRefused and Refused.
 */
export async function importLog(
  parts: ImportParts,
  request: ImportRequest,
  context: ImportContext = {},
): Promise<ImportReport> {
  const started = performance.now();
  const progress = (events: number, total: number) => {
    context.signal?.throwIfAborted();
    context.progress?.(events, total);
  };
  context.phase?.('check');
  const plan = await checkImport(parts, request, context);
  const target = request.append ? new AppendTarget(parts, plan) : new ContinueTarget(plan);
  context.phase?.('write');
  await markUnfinished(parts.log, request.append ? 'import --append' : 'import');
  const done = await write(parts.log, { request, plan, target }, context);
  context.phase?.('fold');
  const fold = () => foldRest({ ...parts, clock: Date.now, progress });
  let folded = await fold();
  // Also those that the file has and that are under way.
  const erasedAgain = await eraseAgain(plan.toRepeat, {
    ...parts,
    actor: ACTORS.import,
    fold: async () => (folded = await fold()),
    refused: storeChanged,
  });
  await removeMark(parts.log, 'unfinished');
  if (request.verify) context.phase?.('verify');
  const { report = null, refolded = null } = request.verify
    ? await verifyRefolded(
        () => verifyStore({ ...parts, progress }),
        () => rebuild({ ...parts, clock: Date.now, progress }),
      )
    : {};
  return {
    ...done,
    erasedAgain,
    head: await parts.log.head(),
    ...folded,
    verified: report,
    refolded,
    ms: Math.round(performance.now() - started),
  };
}

async function write(
  log: EventLog,
  { request, plan, target }: { request: ImportRequest; plan: ImportPlan; target: ImportTarget },
  { progress, signal }: JobContext,
): Promise<Pick<ImportReport, 'events' | 'already' | 'moved' | 'receipts' | 'leftOut'>> {
  const done = { events: 0, already: 0, moved: 0, receipts: 0, leftOut: 0 };
  for await (const whole of oneAhead(chunkByCommand(readLines(request.lines())))) {
    signal?.throwIfAborted();
    const chunk = withoutErased(whole, plan);
    done.leftOut += whole.events.length - chunk.events.length;
    const fresh = chunk.events.filter((event) => !target.isStored(event));
    const { moved, receipts } = await log.transaction((transaction) =>
      target.write(transaction, chunk, fresh),
    );
    done.events += fresh.length;
    done.already += chunk.events.length - fresh.length;
    done.moved += moved;
    done.receipts += receipts;
    progress?.(chunk.position - chunk.header.after, chunk.header.upTo - chunk.header.after);
  }
  return done;
}

/** Leaves out what an erasure has taken, so that it is never in the store. */
function withoutErased(chunk: LineChunk, { leftOut, erasedHere }: ImportPlan): LineChunk {
  const isLeft = ({ userId }: { userId: string }) => !leftOut.has(userId);
  return {
    ...chunk,
    events: chunk.events.filter(isLeft),
    receipts: chunk.receipts.filter((receipt) => isLeft(receipt) && !erasedHere.has(receipt.userId)),
  };
}
