import { setTimeout as pause } from 'node:timers/promises';
import { Refused, Unavailable } from '../errors.js';
import { EventDecoder } from '../events/log/event-decoder.js';
import { failuresTable, type FailureRow } from '../events/log/log-tables.js';
import { MAX_INLINE_EVENTS } from '../projections/folding/catch-up-inline.js';
import { readSkips } from '../projections/folding/checkpoints.js';
import { isStale, openProjections } from '../projections/folding/open-projections.js';
import { PROJECTIONS } from '../projections/projection-catalog.js';
import type { Projection } from '../projections/projection.js';
import type { ProjectionPosition } from '../projections/reads/positions.js';
import { closeGate, type ClosedReason } from '../projections/reads/projection-gate.js';
import type { Reads } from '../projections/reads/reads.js';
import { isShared, type DatabaseAddress } from '../store/database-address.js';
import { openStoreAt } from '../store/open-log.js';
import type { Erasures } from './erasure/erasures.js';
import { isAnyPending, pendingErasures } from './erasure/pending-erasures.js';
import type { Job } from './jobs.js';
import type { RebuildReport } from './rebuild/rebuild.js';
import type { Rebuilds } from './rebuild/rebuilds.js';

/** Interval between two checks of the projections, in ms; other processes may have changed them. */
const CHECK_EVERY_MS = 1_000;
/** Pause after a rebuild, in ms, by how it ended: an operator's cancellation should last a while. */
const REBUILD_PAUSE_MS = { running: 0, done: 0, failed: 30_000, cancelled: 600_000 };
/** Pause after a refused rebuild, in ms: another process is rebuilding, and the next checks see its rows. */
const REFUSED_PAUSE_MS = 5_000;

interface RunningStore {
  address: DatabaseAddress;
  reads: Reads;
}

/**
 * While the service runs, keeps readers from rows that the current folds did not make. Rebuilds rows of an
 * older release, opens projections that another process has rebuilt, closes those that a newer release has
 * taken over, and catches up those that a process of another release has left behind. Finishes erasures.
 */
export class Upkeep {
  private readonly stopped = new AbortController();
  private running: Promise<void> | undefined;
  /** Earliest start of the next rebuild, in ms of performance.now(). */
  private notBefore = -Infinity;
  private failing = false;
  /** Called with an unexpected error, once until a check succeeds again. */
  onFailed: ((error: unknown) => void) | undefined;

  constructor(
    private readonly store: RunningStore,
    private readonly rebuilds: Rebuilds,
    private readonly erasures: Erasures,
  ) {}

  begin(): void {
    this.running = this.run();
  }

  /** Stops the checks. A running rebuild goes on until `Rebuilds` is closed. */
  async close(): Promise<void> {
    this.stopped.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      try {
        await this.check();
        this.failing = false;
      } catch (error) {
        // While the database is unavailable, readiness and every answer report it.
        if (!(error instanceof Unavailable)) this.reportOnce(error);
      }
      await pause(CHECK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Reports a failure once, not at every check. */
  private reportOnce(error: unknown): void {
    if (!this.failing) this.onFailed?.(error);
    this.failing = true;
  }

  private async check(): Promise<void> {
    const { reads } = this.store;
    const { head, projections } = await reads.positions();
    const names = projections.map(({ name }) => [name]);
    const failures = await reads.getAll(failuresTable, names);
    const states = projections.map((at) => ({ at, state: this.stateOf(at, failures) }));
    for (const { at, state } of states) this.setGate(at, state, head);
    const inState = (wanted: ProjectionState) =>
      states.filter(({ state }) => state === wanted).map(({ at }) => declared(at));
    const [behind, stale] = [inState('behind'), inState('rebuilding')];
    if (behind.length > 0) await this.catchUp(behind);
    if (stale.length > 0) this.rebuild(stale);
    // A killed process has left them, or they came with lines.
    if (isAnyPending(await pendingErasures({ rows: (table, query) => reads.list(table, query) })))
      await this.erasures.finish();
  }

  private stateOf(
    { name, position, status }: ProjectionPosition,
    failures: readonly FailureRow[],
  ): ProjectionState {
    if (status === 'live') return 'live';
    if (status === 'behind' || status === 'ahead') {
      const hasStopped = failures.some((each) => each.projection === name && each.position > position);
      return hasStopped ? 'failed' : 'behind';
    }
    // A rebuild with the current folds has failed already; only another release may succeed.
    if (this.store.reads.gate.whyClosed(name) === 'failed') return 'failed';
    return isStale(status, { shared: isShared(this.store.address) }) ? 'rebuilding' : 'outdated';
  }

  private setGate(at: ProjectionPosition, state: ProjectionState, head: number): void {
    const { gate } = this.store.reads;
    if (state === 'live') gate.open(at.name);
    else if (state !== 'behind') gate.close(declared(at), state);
    // A short lag is caught up inside the next command's transaction. With a long one, readers would not find
    // what this process has just written.
    else if (head - at.position > MAX_INLINE_EVENTS) gate.close(declared(at), 'rebuilding');
  }

  private async catchUp(behind: readonly Projection[]): Promise<void> {
    const { log, reader, close } = openStoreAt(this.store.address);
    try {
      const { gate } = this.store.reads;
      const onSteps = (projection: Projection) => gate.close(projection, 'rebuilding');
      const parts = { log, reader, decoder: new EventDecoder(), skips: await readSkips(reader), onSteps };
      const opened = await openProjections({ ...parts, shared: true }, behind);
      for (const { name } of behind) gate.open(name);
      closeGate(gate, opened);
    } finally {
      await close();
    }
  }

  /** Starts a rebuild without waiting for it, so that the other projections are still checked. */
  private rebuild(stale: readonly Projection[]): void {
    if (this.stopped.signal.aborted || this.rebuilds.running || performance.now() < this.notBefore) return;
    const job = this.rebuilds.start({ projections: stale.map(({ name }) => name), staleOnly: true });
    this.notBefore = Infinity;
    void this.pauseAfter(job);
  }

  private async pauseAfter(job: Job<RebuildReport>): Promise<void> {
    const { state, error } = await this.rebuilds.whenEnded(job);
    const pauseMs = error instanceof Refused ? REFUSED_PAUSE_MS : REBUILD_PAUSE_MS[state];
    this.notBefore = performance.now() + pauseMs;
  }
}

type ProjectionState = ClosedReason | 'live' | 'behind';

function declared({ name }: ProjectionPosition): Projection {
  return PROJECTIONS.find((projection) => projection.name === name) as Projection;
}
