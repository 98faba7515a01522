import { ProjectionFailed, StoreError, type EventPlace } from '../errors.js';
import type { StoreEvent } from '../events/event-catalog.js';
import type { EventDecoder } from '../events/log/event-decoder.js';
import type { StoredEvent } from '../events/log/event-log.js';
import { skipsTable } from '../events/log/log-tables.js';
import { FoldedRows } from './folded-rows.js';
import type { Projection } from './projection.js';
import { FIRST_PLACE, type StoreReader, type UserPlace } from './store-reader.js';

/** Events of one page, and of one moment at least: users are never divided. */
const PAGE = 2_000;
const MOMENT = 20_000;
/** More skips than any operator makes. */
const MOST_SKIPS = 10_000;

/** An event that a projection's folds could not take. */
export interface PoisonEvent extends EventPlace {
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
  rows: FoldedRows;
}

/** What a fold of a store is done with. */
export interface FoldStoreParts {
  reader: StoreReader;
  decoder: Pick<EventDecoder, 'decode'>;
  projections: readonly Projection[];
  /** Told of each event on its way, once. */
  onEvent?: (stored: StoredEvent) => void;
}

/**
 * Folds a whole store again, some users at a time: memory holds the rows of those users only, however long the log is.
 * The consumer is called within each moment, so that what else it reads belongs to it. A projection whose folds throw is
 * left out from there on. Answers the poison events.
 */
export async function foldStore(
  parts: FoldStoreParts,
  consume: (folded: FoldedUsers) => Promise<void>,
): Promise<PoisonEvent[]> {
  const run = new FoldRun(parts, await readSkips(parts.reader));
  for (let goesOn = true; goesOn;) goesOn = await parts.reader.snapshot(() => run.moment(consume));
  return run.poison;
}

class FoldRun {
  readonly poison: PoisonEvent[] = [];
  private active: readonly Projection[];
  private place: UserPlace = FIRST_PLACE;

  constructor(
    private readonly parts: FoldStoreParts,
    private readonly skips: ReadonlySet<string>,
  ) {
    this.active = parts.projections;
  }

  /** Folds the next users; answers whether there may be more. */
  async moment(consume: (folded: FoldedUsers) => Promise<void>): Promise<boolean> {
    const { reader } = this.parts;
    const { position: head } = await reader.head();
    const after = this.place.userId;
    const rows = new FoldedRows();
    let events = 0;
    for (;;) {
      const page = await reader.eventsByUser(this.place, PAGE);
      for (const stored of page) {
        if (events >= MOMENT && stored.userId !== this.place.userId) {
          await consume({ head, after, upTo: this.place.userId, events, rows });
          return true;
        }
        this.fold(stored, rows);
        this.place = stored;
        events++;
      }
      if (page.length < PAGE) {
        await consume({ head, after, upTo: undefined, events, rows });
        return false;
      }
    }
  }

  private fold(stored: StoredEvent, rows: FoldedRows): void {
    this.parts.onEvent?.(stored);
    let event: StoreEvent | undefined;
    for (const projection of this.active) {
      const fold = projection.folds[stored.type as StoreEvent['type']] as
        | ((event: StoreEvent, rows: FoldedRows) => void)
        | undefined;
      if (!fold || this.skips.has(skipId(projection.name, stored.eventId))) continue;
      try {
        event ??= this.parts.decoder.decode(stored);
        fold(event, rows);
      } catch (error) {
        this.stop(projection, stored, error);
      }
    }
  }

  private stop(projection: Projection, stored: StoredEvent, error: unknown): void {
    const { position, streamId, eventId } = stored;
    const { message: cause } =
      error instanceof StoreError ? error : ProjectionFailed.folding(projection.name, stored, error);
    this.poison.push({ projection: projection.name, position, streamId, eventId, cause });
    this.active = this.active.filter((each) => each !== projection);
  }
}

/** The events that projections were told to leave out. */
export async function readSkips(reader: Pick<StoreReader, 'rows'>): Promise<Set<string>> {
  const query = { filters: [], order: skipsTable.key, limit: MOST_SKIPS };
  const skips = await reader.rows(skipsTable, query);
  return new Set(skips.map(({ projection, eventId }) => skipId(projection, eventId)));
}

/** What a skip is looked up by. */
export function skipId(projection: string, eventId: string): string {
  return `${projection} ${eventId}`;
}
