import { setImmediate } from 'node:timers/promises';
import { chainHash, GENESIS } from '../../events/log/event-hash.js';
import type { LogHead, StoredEvent } from '../../events/log/event-log.js';
import { isUnproven } from '../../events/log/event-seal.js';
import { receiptsTable } from '../../events/log/log-tables.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import { oneAhead } from '../lines/one-ahead.js';
import { UnprovenEvents } from './unproven-events.js';

const EVENTS_PER_PAGE = 2_000;
/** Findings of one kind that are reported. */
const MAX_LISTED_FINDINGS = 20;

/** Something that is wrong, where it is, and what it means. */
export interface Finding {
  check:
    | 'storage'
    | 'position-gap'
    | 'hash'
    | 'order'
    | 'missing-end'
    | 'lost-events'
    | 'unfinished'
    | 'anchor'
    | 'doubled-id'
    | 'receipt'
    | 'stream'
    | 'retraction'
    | 'event'
    | 'index'
    | 'checkpoint'
    | 'poison';
  /** Position of the event, if the finding is about one. */
  position?: number;
  what: string;
}

/** A position whose hash a backup's manifest recorded before. The hash must not have changed. */
export interface Anchor {
  position: number;
  hash: string;
  /** What recorded it: the name of the backup's data file. */
  source: string;
  /** When it was recorded, ms UTC. Later events belong to another history, begun by a restore or reset. */
  takenAt?: number | undefined;
  /** How many receipts the store had at that time. */
  receipts?: number | undefined;
}

/** A range of positions that no event has, both ends included. */
export interface PositionGap {
  from: number;
  to: number;
}

/** What was found in the log itself, without its projections. */
export interface VerifiedLog {
  /** Position of the last event that was checked. */
  position: number;
  events: number;
  /** Hash of the last event: the whole log's fingerprint. */
  chainHead: string;
  positionGaps: PositionGap[];
  findings: Finding[];
}

/** Checks the log's positions, hashes, order, event ids and receipts, up to the given head. */
export async function verifyLog({
  reader,
  head,
  anchors,
  progress,
}: {
  reader: StoreReader;
  head: LogHead;
  anchors: readonly Anchor[];
  progress: (events: number) => void;
}): Promise<VerifiedLog> {
  const chain = new ChainCheck(anchors);
  for await (const page of oneAhead(pagesUpTo(reader, head.position))) {
    for (const event of page) chain.take(event);
    progress(page.length);
    // SQLite calls are synchronous: yield, so that signals and messages are handled.
    await setImmediate();
  }
  chain.endAt(head.position);
  return {
    position: head.position,
    events: chain.events,
    chainHead: head.hash,
    positionGaps: chain.gaps,
    findings: [...chain.findings, ...(await lostAtEnd(reader)), ...(await duplicateIds(reader))],
  };
}

async function* pagesUpTo(reader: StoreReader, upTo: number): AsyncGenerator<StoredEvent[]> {
  for (let after = 0; after < upTo;) {
    const page = await reader.events({ after, upTo, limit: EVENTS_PER_PAGE });
    const last = page.at(-1);
    if (!last) return;
    yield page;
    after = last.position;
  }
}

class ChainCheck {
  events = 0;
  readonly gaps: PositionGap[] = [];
  readonly findings: Finding[] = [];
  private readonly anchors: Map<number, Anchor[]>;
  private previous: Pick<StoredEvent, 'position' | 'hash' | 'recordedAt'> = {
    position: 0,
    hash: GENESIS,
    recordedAt: 0,
  };
  private wrongHashes = 0;
  private readonly unproven = new UnprovenEvents();

  constructor(anchors: readonly Anchor[]) {
    this.anchors = Map.groupBy(anchors, ({ position }) => position);
  }

  take(event: StoredEvent): void {
    const { position } = event;
    this.events++;
    const follows = position === this.previous.position + 1;
    if (!follows) this.addGap(this.previous.position + 1, position - 1);
    // After a gap, the hash of the event before is unknown.
    if (follows) this.checkHash(event);
    if (event.recordedAt < this.previous.recordedAt) {
      this.findings.push({
        check: 'order',
        position,
        what: 'its recordedAt is earlier than that of the event before it',
      });
    }
    for (const anchor of this.anchors.get(position) ?? []) this.compareAnchor(event, anchor);
    this.previous = event;
  }

  private checkHash(event: StoredEvent): void {
    const hash = chainHash(this.previous.hash, event);
    if (hash !== event.hash && isUnproven(event)) this.unproven.add(event, hash);
    else if (hash !== event.hash) this.addWrongHash(event);
    const uncovered = this.unproven.cover(event);
    if (uncovered) this.addUncovered(uncovered);
  }

  private addUncovered({ position, userId }: StoredEvent): void {
    const what = `events of ${userId} from here on have no data, and no erasure says that they were as they are now`;
    this.findings.push({ check: 'hash', position, what });
  }

  private compareAnchor({ position, hash, recordedAt }: StoredEvent, anchor: Anchor): void {
    if (anchor.hash === hash || recordedAt > (anchor.takenAt ?? Infinity)) return;
    const what = `its hash differs from the one in ${anchor.source}: the log up to here was rewritten since then`;
    this.findings.push({ check: 'anchor', position, what });
  }

  endAt(position: number): void {
    for (const event of this.unproven.rest()) this.addUncovered(event);
    if (this.previous.position < position) this.addGap(this.previous.position + 1, position);
  }

  private addGap(from: number, to: number): void {
    this.gaps.push({ from, to });
    if (this.gaps.length > MAX_LISTED_FINDINGS) return;
    const what =
      from === to
        ? `there is no event at position ${from}, or its stream is missing`
        : `there are no events at positions ${from} to ${to}, or their streams are missing`;
    this.findings.push({ check: 'position-gap', position: from, what });
  }

  private addWrongHash({ position, streamId, type }: StoredEvent): void {
    if (++this.wrongHashes > MAX_LISTED_FINDINGS) return;
    const what = `${type} of ${streamId}, or the event before it, was changed after it was written: its hash does not match`;
    this.findings.push({ check: 'hash', position, what });
  }
}

/** Returns the damage that the database finds in its own storage. */
export async function storageFindings(reader: StoreReader): Promise<Finding[]> {
  const damage = await reader.storageDamage();
  const hint = '(if the file was copied or restored by hand, its -wal file may be from a different time)';
  return damage.map((line) => ({ check: 'storage', what: `the database is damaged: ${line} ${hint}` }));
}

/** Lost events at the end leave no gap, but the highest position ever given and their receipts remain. */
function lostAtEnd(reader: StoreReader): Promise<Finding[]> {
  return reader.snapshot(async () => {
    const { position: head } = await reader.head();
    const findings: Finding[] = [];
    const given = await reader.lastAssignedPosition();
    if (given > head) {
      const what = `the log ends at ${head}, but position ${given} was once assigned: the last events are missing`;
      findings.push({ check: 'missing-end', position: head + 1, what });
    }
    const order = ['position', 'idempotencyKey'];
    const beyond = await reader.rows(receiptsTable, {
      filters: [['position', '>', head]],
      order,
      limit: MAX_LISTED_FINDINGS,
    });
    for (const { idempotencyKey, position } of beyond) {
      const what = `the receipt of "${idempotencyKey}" has position ${position}, but the log ends at ${head}`;
      findings.push({ check: 'receipt', position, what });
    }
    return findings;
  });
}

async function duplicateIds(reader: StoreReader): Promise<Finding[]> {
  const ids = await reader.duplicateEventIds();
  return ids.map((id) => ({ check: 'doubled-id', what: `more than one event has the id ${id}` }));
}
