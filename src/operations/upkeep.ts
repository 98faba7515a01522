import { setTimeout as pause } from 'node:timers/promises';
import { Unavailable } from '../errors.js';
import { EventDecoder } from '../events/log/event-decoder.js';
import { failuresTable, type FailureRow } from '../events/log/log-tables.js';
import { readSkips } from '../projections/bookkeeping.js';
import { closeGate, isStale, openProjections } from '../projections/open-projections.js';
import type { ProjectionPosition } from '../projections/positions.js';
import { PROJECTIONS } from '../projections/projection-catalog.js';
import type { Closed } from '../projections/projection-gate.js';
import type { Projection } from '../projections/projection.js';
import type { Reads } from '../projections/reads.js';
import { isShared, type DatabaseAddress } from '../store/database-address.js';
import { openStoreAt } from '../store/open-log.js';
import type { Rebuilds } from './rebuilds.js';

/** How often is looked how the projections stand: other processes may have brought them forward, or left them behind. */
const LOOK_MS = 1_000;
/** After a rebuild that failed. */
const REBUILD_AGAIN_MS = 30_000;

/** What upkeep needs of the running store. */
interface Kept {
  address: DatabaseAddress;
  reads: Reads;
}

/**
 * Sees to it, while the service runs, that nobody reads rows which are not those of the present folds: rebuilds what a
 * former release has made, opens what another process has rebuilt, closes what a newer release has taken over, and
 * brings forward what a process of another release has left behind.
 */
export class Upkeep {
  private readonly stopped = new AbortController();
  private rebuiltAt = -Infinity;
  private running: Promise<void> | undefined;
  private failing = false;
  /** Told of a failure that nobody foresaw. */
  onFailed: ((error: unknown) => void) | undefined;

  constructor(
    private readonly store: Kept,
    private readonly rebuilds: Rebuilds,
  ) {}

  begin(): void {
    this.running = this.run();
  }

  /** A rebuild that goes on is ended by whoever ends the rebuilds. */
  async close(): Promise<void> {
    this.stopped.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      try {
        await this.look();
        this.failing = false;
      } catch (error) {
        // Once, not every second. While the database is away, readiness and every answer say so.
        if (!this.failing && !(error instanceof Unavailable)) this.onFailed?.(error);
        this.failing = true;
      }
      await pause(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private async look(): Promise<void> {
    const { reads } = this.store;
    const { projections } = await reads.positions();
    const names = projections.map(({ name }) => [name]);
    const failures = await reads.getAll(failuresTable, names);
    const states = projections.map((at) => [declared(at), this.stateOf(at, failures)] as const);
    for (const [projection, state] of states) this.setGate(projection, state);
    const those = (wanted: State) => states.filter(([, state]) => state === wanted).map(([each]) => each);
    const [behind, stale] = [those('behind'), those('rebuilding')];
    if (behind.length > 0) await this.catchUp(behind);
    if (stale.length > 0) await this.rebuild(stale);
  }

  private stateOf({ name, standing }: ProjectionPosition, failures: readonly FailureRow[]): State {
    if (standing === 'live') return 'live';
    if (standing === 'behind') return failures.some((each) => each.projection === name) ? 'failed' : 'behind';
    // These folds have tried: the next release may do better.
    if (this.store.reads.gate.closed(name) === 'failed') return 'failed';
    return isStale(standing, { shared: isShared(this.store.address) }) ? 'rebuilding' : 'outdated';
  }

  private setGate(projection: Projection, state: State): void {
    const { gate } = this.store.reads;
    if (state === 'live') gate.open(projection.name);
    else if (state !== 'behind') gate.close(projection, state);
  }

  private async catchUp(behind: readonly Projection[]): Promise<void> {
    const { log, reader, close } = openStoreAt(this.store.address);
    try {
      const parts = { log, decoder: new EventDecoder(), skips: await readSkips(reader) };
      const opened = await openProjections({ ...parts, shared: true }, behind);
      for (const { name } of behind) this.store.reads.gate.open(name);
      closeGate(this.store.reads.gate, opened);
    } finally {
      await close();
    }
  }

  private async rebuild(stale: readonly Projection[]): Promise<void> {
    if (this.rebuilds.running || performance.now() - this.rebuiltAt < REBUILD_AGAIN_MS) return;
    const projections = stale.map(({ name }) => name);
    const { state } = await this.rebuilds.ended(this.rebuilds.start({ projections }));
    if (state === 'failed') this.rebuiltAt = performance.now();
  }
}

type State = Closed | 'live' | 'behind';

function declared({ name }: ProjectionPosition): Projection {
  return PROJECTIONS.find((projection) => projection.name === name) as Projection;
}
