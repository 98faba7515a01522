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
import { closeGate, type Closed } from '../projections/reads/projection-gate.js';
import type { Reads } from '../projections/reads/reads.js';
import { isShared, type DatabaseAddress } from '../store/database-address.js';
import { openStoreAt } from '../store/open-log.js';
import type { Job } from './jobs.js';
import type { Rebuilt } from './rebuild/rebuild.js';
import type { Rebuilds } from './rebuild/rebuilds.js';

/** How often is looked how the projections stand: other processes may have brought them forward, or left them behind. */
const CHECK_EVERY_MS = 1_000;
/** After a rebuild, until the next one; who cancels it wants some quiet. */
const REBUILD_AGAIN_MS = { running: 0, done: 0, failed: 30_000, cancelled: 600_000 };
/** The same where another process was at it; what it has rebuilt is seen at the next look. */
const BUSY_MS = 5_000;

/** What upkeep needs of the running store. */
interface RunningStore {
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
  private running: Promise<void> | undefined;
  /** When another rebuild may begin, in ms of performance.now(). */
  private notBefore = -Infinity;
  private failing = false;
  /** Told of a failure that nobody foresaw. */
  onFailed: ((error: unknown) => void) | undefined;

  constructor(
    private readonly store: RunningStore,
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
        await this.check();
        this.failing = false;
      } catch (error) {
        // While the database is away, readiness and every answer say so.
        if (!(error instanceof Unavailable)) this.failed(error);
      }
      await pause(CHECK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Tells it once, not every second. */
  private failed(error: unknown): void {
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
    const those = (wanted: State) =>
      states.filter(({ state }) => state === wanted).map(({ at }) => declared(at));
    const [behind, stale] = [those('behind'), those('rebuilding')];
    if (behind.length > 0) await this.catchUp(behind);
    if (stale.length > 0) this.rebuild(stale);
  }

  private stateOf({ name, position, status }: ProjectionPosition, failures: readonly FailureRow[]): State {
    if (status === 'live') return 'live';
    if (status === 'behind' || status === 'ahead') {
      const stopped = failures.some((each) => each.projection === name && each.position > position);
      return stopped ? 'failed' : 'behind';
    }
    // These folds have tried: the next release may do better.
    if (this.store.reads.gate.closed(name) === 'failed') return 'failed';
    return isStale(status, { shared: isShared(this.store.address) }) ? 'rebuilding' : 'outdated';
  }

  private setGate(at: ProjectionPosition, state: State, head: number): void {
    const { gate } = this.store.reads;
    if (state === 'live') gate.open(at.name);
    else if (state !== 'behind') gate.close(declared(at), state);
    // With few events missing, what this process writes is folded with them; with many, it would miss its own.
    else if (head - at.position > MAX_INLINE_EVENTS) gate.close(declared(at), 'rebuilding');
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

  /** Begins a rebuild, and does not wait for it: the other projections are looked after meanwhile. */
  private rebuild(stale: readonly Projection[]): void {
    if (this.stopped.signal.aborted || this.rebuilds.running || performance.now() < this.notBefore) return;
    const job = this.rebuilds.start({ projections: stale.map(({ name }) => name), staleOnly: true });
    this.notBefore = Infinity;
    void this.notAgainSoon(job);
  }

  private async notAgainSoon(job: Job<Rebuilt>): Promise<void> {
    const { state, error } = await this.rebuilds.ended(job);
    const again = error instanceof Refused ? BUSY_MS : REBUILD_AGAIN_MS[state];
    this.notBefore = performance.now() + again;
  }
}

type State = Closed | 'live' | 'behind';

function declared({ name }: ProjectionPosition): Projection {
  return PROJECTIONS.find((projection) => projection.name === name) as Projection;
}
