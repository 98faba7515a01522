import { compareKeys } from '../../database/table.js';
import { PoisonEvent, StoreError, type EventPlace } from '../../errors.js';
import type { FoldEvent } from '../../events/event.js';
import type { EventDecoder } from '../../events/log/event-decoder.js';
import type { ScannedEvent } from '../../events/log/event-log.js';
import { isErased } from '../../events/log/event-seal.js';
import { foldsFor, type Folds, type Projection } from '../projection.js';
import { readSkips, skipId } from './checkpoints.js';
import { explainStop } from './damaged-event.js';
import { FoldedRows, type SortedRows } from './folded-rows.js';
import type { StoreReader, UserPlace } from './store-reader.js';

const EVENTS_PER_PAGE = 1_000;
/**
 * Events folded per read snapshot, and the bytes of their data, as the rows that come of them are held until
 * its end. The last user may exceed both: a user is never split between snapshots.
 */
const SNAPSHOT_EVENTS = 10_000;
const SNAPSHOT_BYTES = 32 * 1024 * 1024;
/** Greater than the position of any event. */
const LAST_POSITION = Number.MAX_SAFE_INTEGER;

/** A projection that stopped, and the poison event at which it stopped. */
export interface StoppedProjection extends EventPlace {
  projection: string;
  eventId: string;
  cause: string;
  /** The event is not as it was written, so it must not be skipped. */
  damaged: boolean;
}

/** A range of users, folded from their first event inside one read snapshot. */
export interface FoldedUsers {
  /** Position of the last event in the snapshot. */
  head: number;
  /** The range starts after this user id, */
  after: string;
  /** and ends with this one; undefined if it has no end. */
  upTo: string | undefined;
  /** Number of events folded. */
  events: number;
  rows: SortedRows;
  /** The rows of the projections that were folded beside. */
  besideRows: SortedRows;
}

/** The users with ids after `after`, up to and including `upTo`; undefined for no end. */
export interface UserRange {
  after: string;
  upTo: string | undefined;
}

const ALL_USERS: UserRange = { after: '', upTo: undefined };

/** The input of `foldStore`. */
export interface FoldStoreParts {
  reader: StoreReader;
  decoder: Pick<EventDecoder, 'decodeScanned'>;
  projections: readonly Projection[];
  /** Folded from the same events, but into rows of their own: for a projection with other settings. */
  beside?: readonly Projection[] | undefined;
  /** Events after this position are left out; all are folded by default. */
  upTo?: number | undefined;
  /** The users to fold; all by default. */
  range?: UserRange;
  /** Events folded per read snapshot, unless its last user has more; 10,000 by default. */
  snapshotEvents?: number;
  /** Called once for each event, before it is folded. */
  onEvent?: (stored: ScannedEvent) => void;
}

/**
 * Folds a store from its first event, a range of users at a time: memory holds only the rows of those users,
 * however long the log is. The consumer is called inside each read snapshot, so what it reads belongs to the
 * same snapshot. A projection whose fold throws is left out from there on. Returns those projections with
 * their poison events.
 */
export async function foldStore(
  parts: FoldStoreParts,
  consume: (folded: FoldedUsers) => Promise<void>,
): Promise<StoppedProjection[]> {
  const run = new FoldRun(parts, await readSkips(parts.reader));
  for (let hasMore = true; hasMore;)
    hasMore = await parts.reader.snapshot(() => run.foldNextSnapshot(consume));
  return Promise.all(run.poison.map((stop) => withEvent(parts.reader, stop)));
}

/** A stop, before its event is read in full. */
type Stop = Omit<StoppedProjection, 'eventId' | 'damaged'>;

interface ActiveFold {
  projection: Projection;
  isBeside: boolean;
  /** By how an event counts. */
  folds: Record<'folds' | 'retracted' | 'erased', Fold | undefined>;
}

type Fold = (event: FoldEvent, rows: FoldedRows) => void;

/** What was folded so far inside a snapshot. */
interface SnapshotSize {
  events: number;
  /** Bytes of the events' data. */
  bytes: number;
}

function add(size: SnapshotSize, { data }: ScannedEvent): void {
  size.events++;
  size.bytes += Buffer.byteLength(data);
}

/** The rows that are being folded. */
interface Targets {
  rows: FoldedRows;
  beside: FoldedRows;
}

class FoldRun {
  readonly poison: Stop[] = [];
  /** By event type. */
  private active: ReadonlyMap<string, readonly ActiveFold[]>;
  private readonly range: UserRange;
  private readonly snapshotEvents: number;
  private place: UserPlace;

  constructor(
    private readonly parts: FoldStoreParts,
    private readonly skips: ReadonlySet<string>,
  ) {
    this.active = foldsByType(parts);
    this.range = parts.range ?? ALL_USERS;
    this.snapshotEvents = parts.snapshotEvents ?? SNAPSHOT_EVENTS;
    this.place = { userId: this.range.after, position: LAST_POSITION };
  }

  /** Folds the next users inside the open snapshot. Returns whether there may be more. */
  async foldNextSnapshot(consume: (folded: FoldedUsers) => Promise<void>): Promise<boolean> {
    const { reader, upTo } = this.parts;
    const { position: head } = await reader.head();
    const after = this.place.userId;
    const targets: Targets = { rows: new FoldedRows(), beside: new FoldedRows() };
    const size = { events: 0, bytes: 0 };
    let next = reader.eventsByUser(this.place, EVENTS_PER_PAGE, upTo);
    for (;;) {
      const page = await next;
      const last = page.at(-1);
      const ahead = last !== undefined && this.continues(page, size);
      // Asked for now, so that the database reads while this page is folded.
      if (ahead) next = settledLater(reader.eventsByUser(last, EVENTS_PER_PAGE, upTo));
      for (const stored of page) {
        if (stored.userId !== this.place.userId) {
          if (this.isBeyond(stored.userId)) {
            await consume({ head, after, upTo: this.range.upTo, events: size.events, ...sorted(targets) });
            return false;
          }
          if (this.isFull(size)) {
            const { userId: lastUser } = this.place;
            await consume({ head, after, upTo: lastUser, events: size.events, ...sorted(targets) });
            // The next snapshot continues after this user, whatever events the user gets until then.
            this.place = { userId: lastUser, position: LAST_POSITION };
            return true;
          }
        }
        this.fold(stored, targets);
        this.place = stored;
        add(size, stored);
      }
      if (!last) {
        await consume({ head, after, upTo: this.range.upTo, events: size.events, ...sorted(targets) });
        return false;
      }
      if (!ahead) next = reader.eventsByUser(this.place, EVENTS_PER_PAGE, upTo);
    }
  }

  /** Whether the page after this one surely belongs to the same snapshot and range. */
  private continues(page: readonly ScannedEvent[], before: SnapshotSize): boolean {
    const last = page.at(-1);
    if (!last || this.isBeyond(last.userId)) return false;
    const size = { ...before };
    for (const stored of page.slice(0, -1)) add(size, stored);
    return !this.isFull(size);
  }

  private isFull({ events, bytes }: SnapshotSize): boolean {
    return events >= this.snapshotEvents || bytes >= SNAPSHOT_BYTES;
  }

  private isBeyond(userId: string): boolean {
    const { upTo } = this.range;
    return upTo !== undefined && compareKeys([userId], [upTo]) > 0;
  }

  private fold(stored: ScannedEvent, { rows, beside }: Targets): void {
    this.parts.onEvent?.(stored);
    const which = foldsFor({ isRetracted: stored.retraction !== undefined, isErased: isErased(stored) });
    if (stored.position > (this.parts.upTo ?? Infinity) || which === undefined) return;
    let event: FoldEvent | undefined;
    for (const { projection, isBeside, folds } of this.active.get(stored.type) ?? NO_FOLDS) {
      const fold = folds[which];
      if (!fold || this.isSkipped(projection, stored)) continue;
      try {
        event ??= this.parts.decoder.decodeScanned(stored);
        fold(event, isBeside ? beside : rows);
      } catch (error) {
        this.stop(projection, stored, error);
      }
    }
  }

  private isSkipped({ name }: Projection, { position }: ScannedEvent): boolean {
    return this.skips.size > 0 && this.skips.has(skipId(name, position));
  }

  private stop(projection: Projection, stored: ScannedEvent, error: unknown): void {
    const { position, streamId } = stored;
    const { message: cause } =
      error instanceof StoreError ? error : PoisonEvent.folding(projection.name, stored, error);
    this.poison.push({ projection: projection.name, position, streamId, cause });
    this.active = foldsByType(this.parts, new Set(this.poison.map(({ projection: name }) => name)));
  }
}

/** A failure is thrown where the promise is awaited. */
function settledLater<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

const NO_FOLDS: readonly ActiveFold[] = [];

function foldsByType(
  { projections, beside = [] }: Pick<FoldStoreParts, 'projections' | 'beside'>,
  stopped: ReadonlySet<string> = new Set(),
): Map<string, ActiveFold[]> {
  const all = [
    ...projections.map((projection) => ({ projection, isBeside: false })),
    ...beside.map((projection) => ({ projection, isBeside: true })),
  ];
  const folds = all
    .filter(({ projection }) => !stopped.has(projection.name))
    .flatMap((each) =>
      Object.entries(each.projection.folds).map(([type, fold]) => ({
        ...each,
        type,
        folds: {
          folds: fold as Fold,
          retracted: each.projection.retracted[type as keyof Folds] as Fold | undefined,
          erased: each.projection.erased[type as keyof Folds] as Fold | undefined,
        },
      })),
    );
  return Map.groupBy(folds, ({ type }) => type);
}

function sorted({ rows, beside }: Targets): Pick<FoldedUsers, 'rows' | 'besideRows'> {
  return { rows: rows.sorted(), besideRows: beside.sorted() };
}

async function withEvent(reader: StoreReader, stop: Stop): Promise<StoppedProjection> {
  const [event] = await reader.events({ after: stop.position - 1, limit: 1 });
  const explained = await explainStop((query) => reader.events(query), stop);
  return { ...stop, ...explained, eventId: event?.eventId ?? '' };
}
