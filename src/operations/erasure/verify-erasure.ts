import { userErased, type UserErased } from '../../events/erasure/user-erased.event.js';
import { ErasedDigest } from '../../events/log/erasure/erased-digest.js';
import { erasureRecordsTable, type ErasureRecordRow } from '../../events/log/erasure/erasure-tables.js';
import { erasuresTable } from '../../events/log/erasure/erasure-tables.js';
import { chainHash, GENESIS } from '../../events/log/event-hash.js';
import type { StoredEvent } from '../../events/log/event-log.js';
import { isErased, isUnproven } from '../../events/log/event-seal.js';
import { receiptsTable } from '../../events/log/log-tables.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import { PROJECTIONS } from '../../projections/projection-catalog.js';
import { withPrevious } from './with-previous.js';

/** A verification reads this many events of the user at most, and ends after this long, ms. */
const MAX_EVENTS = 200_000;
const MAX_MS = 20_000;
const EVENTS_PER_PAGE = 1_000;
/** Findings that are listed; the rest are only counted. */
const MAX_LISTED = 20;

/** What a verification of one erasure found. */
export interface ErasureVerification {
  /** Nothing is wrong, and all was looked at. */
  ok: boolean;
  /** Events of the user whose hash was computed again from what the hash before it says. */
  events: number;
  /** Whether all of them were looked at within the bounds; the verification of the store has none. */
  complete: boolean;
  /** How much is wrong. */
  problems: number;
  /** The first of it, one sentence each. */
  findings: string[];
}

/**
 * Verifies that nothing is left of what an erasure erased: the user's events before it have no data and the
 * place in the chain that they had, and there are no rows and no receipts. Reads the user's events and those
 * right before them, so it proves their places, not the whole log.
 */
export async function verifyErasure(
  reader: StoreReader,
  record: ErasureRecordRow,
): Promise<ErasureVerification> {
  const found = new Findings();
  const [before, event] = await withPrevious(reader, record.position);
  if (!event || !follows(event, before))
    found.add('the event of the erasure is not the one that was written');
  const walked = await walkEvents(reader, record, found);
  if (event && walked.complete) {
    const { unsealed } = said(event);
    if (
      (unsealed?.events ?? 0) !== walked.unsealed.events ||
      (unsealed && unsealed.digest !== walked.unsealed.digest)
    )
      found.add('the events without a seal are not those that the erasure covers');
  }
  await findRest(reader, record, found);
  const { events, complete } = walked;
  return {
    ok: found.count === 0 && complete,
    events,
    complete,
    problems: found.count,
    findings: found.listed,
  };
}

class Findings {
  count = 0;
  readonly listed: string[] = [];

  add(finding: string): void {
    if (this.count++ < MAX_LISTED) this.listed.push(finding);
  }
}

async function walkEvents(
  reader: StoreReader,
  { userId, position }: ErasureRecordRow,
  found: Findings,
): Promise<{ events: number; complete: boolean; unsealed: ErasedDigest }> {
  const end = performance.now() + MAX_MS;
  const unsealed = new ErasedDigest();
  let events = 0;
  for (let after = await previousErasure(reader, { userId, position }); ;) {
    const page = await reader.events({ after, upTo: position - 1, userId, limit: EVENTS_PER_PAGE });
    const last = page.at(-1);
    if (!last) return { events, complete: true, unsealed };
    for (const event of page) {
      const [before] = await withPrevious(reader, event.position);
      if (!isErased(event)) found.add(`the event at position ${event.position} has data`);
      if (isUnproven(event)) unsealed.add(event, chainHash(before?.hash ?? GENESIS, event));
      else if (!follows(event, before))
        found.add(`the hash of the event at position ${event.position} does not match`);
      events++;
    }
    if (events >= MAX_EVENTS || performance.now() > end) return { events, complete: false, unsealed };
    after = last.position;
  }
}

function follows(event: StoredEvent, before: StoredEvent | undefined): boolean {
  return chainHash(before?.hash ?? GENESIS, event) === event.hash;
}

function said({ data }: StoredEvent): UserErased {
  return userErased.validate(JSON.parse(String(data)));
}

/** Position of the user's erasure before this one: it covers what came before it. */
async function previousErasure(
  reader: StoreReader,
  { userId, position }: Pick<ErasureRecordRow, 'userId' | 'position'>,
): Promise<number> {
  const [previous] = await reader.rows(erasureRecordsTable, {
    filters: [
      ['userId', '=', userId],
      ['position', '<', position],
    ],
    order: ['position'],
    descending: true,
    limit: 1,
  });
  return previous?.position ?? 0;
}

/** Rows are looked for only as long as they could be nobody else's. */
async function findRest(
  reader: StoreReader,
  { userId, position }: ErasureRecordRow,
  found: Findings,
): Promise<void> {
  const ofUser = ['userId', '=', userId] as const;
  const [erasure] = await reader.rows(erasuresTable, { filters: [ofUser], order: ['userId'], limit: 1 });
  if (erasure?.position === position && erasure.reopened === null)
    for (const table of PROJECTIONS.flatMap(({ tables }) => tables)) {
      const rows = await reader.rows(table, { filters: [ofUser], order: table.key, limit: 1 });
      if (rows.length > 0) found.add(`the table ${table.name} has rows of the user`);
    }
  const receipts = await reader.rows(receiptsTable, {
    filters: [ofUser, ['position', '<', position]],
    order: receiptsTable.key,
    limit: 1,
  });
  if (receipts.length > 0) found.add('there are stored answers of the user');
}
