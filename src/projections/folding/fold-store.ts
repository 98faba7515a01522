import { compareKeys } from '../../database/table.js';
import { PoisonEvent, StoreError, type EventPlace } from '../../errors.js';
import type { FoldEvent } from '../../events/event.js';
import type { EventDecoder } from '../../events/log/event-decoder.js';
import type { ScannedEvent } from '../../events/log/event-log.js';
import type { Projection } from '../projection.js';
import { readSkips, skipId } from './checkpoints.js';
import { FoldedRows, type SortedRows } from './folded-rows.js';
import type { StoreReader, UserPlace } from './store-reader.js';

/** Events of one page. */
const EVENTS_PER_PAGE = 1_000;
/** Events of one moment, unless its last user has more: users are never divided. */
const SNAPSHOT_EVENTS = 10_000;
/** Behind all events of a user. */
const LAST_POSITION = Number.MAX_SAFE_INTEGER;

/** A projection that stopped, and the poison event that its folds could not take. */
export interface StoppedProjection extends EventPlace {
  projection: string;
  eventId: string;
  cause: string;
}

/** Some users, one after another, folded from nothing: everything of one moment. */
export interface FoldedUsers {
  /** Where the log ended at that moment. */
  head: number;
  /** The users stand after this one in the order of their ids, */
  after: string;
  /** and up to this one; undefined for the last of them. */
  upTo: string | undefined;
  events: number;
  rows: SortedRows;
}

/** The users after one and up to another, in the order of their ids; undefined for the last. */
export interface UserRange {
  after: string;
  upTo: string | undefined;
}

export const EVERYONE: UserRange = { after: '', upTo: undefined };

/** What a fold of a store is done with. */
export interface FoldStoreParts {
  reader: StoreReader;
  decoder: Pick<EventDecoder, 'decodeScanned'>;
  projections: readonly Projection[];
  /** Only these users; everyone when left out. */
  range?: UserRange;
  /** Events of one moment, unless its last user has more; 10,000 when left out. */
  snapshotEvents?: number;
  /** Told of each event on its way, once. */
  onEvent?: (stored: ScannedEvent) => void;
}

/**
 * Folds a whole store again, some users at a time: memory holds the rows of those users only, however long the log is.
 * The consumer is called within each moment, so that what else it reads belongs to it. A projection whose folds throw is
 * left out from there on. Answers the poison events.
 */
export async function foldStore(
  parts: FoldStoreParts,
  consume: (folded: FoldedUsers) => Promise<void>,
): Promise<StoppedProjection[]> {
  const run = new FoldRun(parts, await readSkips(parts.reader));
  for (let goesOn = true; goesOn;) goesOn = await parts.reader.snapshot(() => run.foldNextSnapshot(consume));
  return Promise.all(run.poison.map((found) => withEventId(parts.reader, found)));
}

interface ActiveFold {
  projection: Projection;
  fold: (event: FoldEvent, rows: FoldedRows) => void;
}

class FoldRun {
  readonly poison: Omit<StoppedProjection, 'eventId'>[] = [];
  /** By event type. */
  private active: ReadonlyMap<string, readonly ActiveFold[]>;
  private readonly range: UserRange;
  private readonly snapshotEvents: number;
  private place: UserPlace;

  constructor(
    private readonly parts: FoldStoreParts,
    private readonly skips: ReadonlySet<string>,
  ) {
    this.active = foldsByType(parts.projections);
    this.range = parts.range ?? EVERYONE;
    this.snapshotEvents = parts.snapshotEvents ?? SNAPSHOT_EVENTS;
    this.place = { userId: this.range.after, position: LAST_POSITION };
  }

  /** Folds the next users; answers whether there may be more. */
  async foldNextSnapshot(consume: (folded: FoldedUsers) => Promise<void>): Promise<boolean> {
    const { reader } = this.parts;
    const { position: head } = await reader.head();
    const after = this.place.userId;
    const rows = new FoldedRows();
    let events = 0;
    for (;;) {
      const page = await reader.eventsByUser(this.place, EVENTS_PER_PAGE);
      for (const stored of page) {
        if (stored.userId !== this.place.userId) {
          if (this.isBeyond(stored.userId)) {
            await consume({ head, after, upTo: this.range.upTo, events, rows: rows.sorted() });
            return false;
          }
          if (events >= this.snapshotEvents) {
            const { userId: upTo } = this.place;
            await consume({ head, after, upTo, events, rows: rows.sorted() });
            // What this user says from now on belongs to no later moment.
            this.place = { userId: upTo, position: LAST_POSITION };
            return true;
          }
        }
        this.fold(stored, rows);
        this.place = stored;
        events++;
      }
      if (page.length < EVENTS_PER_PAGE) {
        await consume({ head, after, upTo: this.range.upTo, events, rows: rows.sorted() });
        return false;
      }
    }
  }

  private isBeyond(userId: string): boolean {
    const { upTo } = this.range;
    return upTo !== undefined && compareKeys([userId], [upTo]) > 0;
  }

  private fold(stored: ScannedEvent, rows: FoldedRows): void {
    this.parts.onEvent?.(stored);
    let event: FoldEvent | undefined;
    for (const { projection, fold } of this.active.get(stored.type) ?? NONE) {
      if (this.isSkipped(projection, stored)) continue;
      try {
        event ??= this.parts.decoder.decodeScanned(stored);
        fold(event, rows);
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
    const others = this.parts.projections.filter(
      ({ name }) => !this.poison.some((found) => found.projection === name),
    );
    this.active = foldsByType(others);
  }
}

const NONE: readonly ActiveFold[] = [];

function foldsByType(projections: readonly Projection[]): Map<string, ActiveFold[]> {
  const all = projections.flatMap((projection) =>
    Object.entries(projection.folds).map(([type, fold]) => ({
      type,
      projection,
      fold: fold as ActiveFold['fold'],
    })),
  );
  return Map.groupBy(all, ({ type }) => type);
}

async function withEventId(
  reader: StoreReader,
  found: Omit<StoppedProjection, 'eventId'>,
): Promise<StoppedProjection> {
  const [event] = await reader.events({ after: found.position - 1, limit: 1 });
  return { ...found, eventId: event?.eventId ?? '' };
}
