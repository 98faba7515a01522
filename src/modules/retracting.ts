import type { Key, Table } from '../database/table.js';
import { MINUTE_MS } from '../durations.js';
import { Conflict, Refused } from '../errors.js';
import { EVENTS_RETRACTED, MAX_RETRACTED } from '../events/retraction/events-retracted.event.js';
import { conversationStream, memoryStream, profileStream } from '../events/streams.js';
import type { Original, PlannedRetraction } from '../operations/retraction/planned-retraction.js';
import { sessionsTable } from '../projections/conversation-window.projection.js';
import { isResumedBy } from '../projections/conversation/session-times.js';
import { profilesTable } from '../projections/current-profile.projection.js';
import { LAST_BLOCK } from '../projections/fact-block.js';
import { overtaken } from '../projections/folding/refolded-rows.js';
import { orderTime } from '../projections/order-time.js';
import { userActivityTable } from '../projections/user-activity.projection.js';
import type { Decision, ExpectedVersion, NewEvent, WriteState } from '../writer/write-command.js';
import { offsetOf } from './resolve-user.js';

/** The part of a decision that takes events back. */
export type Retracting = Pick<Decision, 'refolded'> & { events: NewEvent[] };

/**
 * Returns the events that take back what was worked out, and the rows as they are then, for a decision that
 * may append more. There are none if nothing of it counts. Throws Refused for what nobody takes back, for too
 * much, and if the user has newer events than were taken into account.
 */
export function retraction(
  state: WriteState,
  userId: string,
  planned: PlannedRetraction,
  reason: string | null,
): Retracting {
  checkCurrent(state, userId, planned);
  const { events, lasting, changed } = planned;
  if (lasting.length > 0) throw notRetractable(lasting);
  if (events.length > MAX_RETRACTED) throw tooLarge(events.length);
  if (changed === 0) return { events: [] };
  return appending(state, userId, planned, { type: EVENTS_RETRACTED, data: naming(planned, reason) });
}

/** Returns the events that take back what was worked out and erase its data, also where it did not count. */
export function erasingRetraction(
  state: WriteState,
  userId: string,
  planned: PlannedRetraction,
  reason: string,
): Retracting {
  checkCurrent(state, userId, planned);
  if (planned.events.length > MAX_RETRACTED) throw tooLarge(planned.events.length);
  if (planned.events.length === 0) return { events: [] };
  const data = { ...naming(planned, reason), erases: true };
  return appending(state, userId, planned, { type: EVENTS_RETRACTED, data });
}

function naming({ events }: PlannedRetraction, reason: string | null) {
  return {
    eventIds: events.map(({ eventId }) => eventId),
    positions: events.map(({ position }) => position),
    reason,
  };
}

/** Returns the state with the rows as they are once the retraction is written. */
export function stateAfter(state: WriteState, { refolded }: PlannedRetraction): WriteState {
  const changed = new Map(refolded.rows.map(({ table, key, row }) => [JSON.stringify([table, ...key]), row]));
  const rows = {
    get: <Row extends object>(table: Table<Row>, ...key: Key[]): Row | undefined => {
      const row = changed.get(JSON.stringify([table.name, ...key]));
      return row === undefined ? state.rows.get(table, ...key) : ((row ?? undefined) as Row | undefined);
    },
  };
  return { ...state, version: (streamId) => state.version(streamId), rows };
}

/** Moves the events behind others of the same append. */
export function shifted(events: readonly NewEvent[], by: number): NewEvent[] {
  return events.map((event) =>
    event.causedBy === undefined ? event : { ...event, causedBy: event.causedBy + by },
  );
}

/** Every event of a user is a fact: the last of them is that of the user's last block. */
export function checkCurrent(
  { rows }: WriteState,
  userId: string,
  { lastPosition }: PlannedRetraction,
): void {
  const block = rows.get(userActivityTable, userId, LAST_BLOCK);
  if ((block?.position ?? 0) !== lastPosition)
    throw overtaken(`position ${lastPosition} of the user, not ${block?.position}`);
}

/**
 * The event is on the profile's stream: it changes what is known of the person. The version of a memory that
 * stays but says something else rises with a revision of nothing, so that no client overwrites it unseen.
 */
export function appending(
  state: WriteState,
  userId: string,
  { memoryIds, refolded }: PlannedRetraction,
  event: Pick<Extract<NewEvent, { type: `events.${string}` }>, 'type' | 'data'>,
): Retracting {
  const utcOffset = offsetOf(state.rows.get(profilesTable, userId), state.now);
  const revised = memoryIds.map((memoryId): NewEvent => ({
    streamId: memoryStream(userId, memoryId),
    type: 'memory.revised',
    data: { memoryId, changes: {}, reason: 'retraction' },
    utcOffset,
    causedBy: 0,
  }));
  return {
    events: [{ streamId: profileStream(userId), ...event, utcOffset } as NewEvent, ...revised],
    refolded,
  };
}

/** Some of the events cannot be taken back. */
export function notRetractable(eventIds: readonly string[]): Refused {
  return new Refused(
    'retraction.not-retractable',
    `Event ${eventIds[0]} registers the user, or is a retraction, the undoing of one or an erasure. Undo a retraction by its own route; erase the user to remove everything.`,
  );
}

/** One retraction takes back at most MAX_RETRACTED events. */
export function tooLarge(events: number): Refused {
  return new Refused(
    'retraction.too-large',
    `This would take back ${events} events, and one retraction takes back ${MAX_RETRACTED} at most; take back a shorter time first.`,
  );
}

/** Returns the turn or the observation that counted last among what is taken back. */
export function originalOf<T extends Original['type']>(
  { originals }: PlannedRetraction,
  type: T,
): Extract<Original, { type: T }> | undefined {
  return originals.findLast((event): event is Extract<Original, { type: T }> => event.type === type);
}

/** When an event happened, as a client would have sent it: with the local offset of that time. */
export function timeOf({ occurredAt, utcOffset }: Pick<Original, 'occurredAt' | 'utcOffset'>): string {
  const local = new Date(occurredAt + utcOffset * MINUTE_MS).toISOString().slice(0, -1);
  const size = Math.abs(utcOffset);
  const [hours, minutes] = [Math.floor(size / 60), size % 60].map((part) => String(part).padStart(2, '0'));
  return `${local}${utcOffset < 0 ? '-' : '+'}${hours}:${minutes}`;
}

/** Throws Conflict unless the event that is to be corrected has the version that the client expects. */
export function checkVersion(
  { streamId, version }: Pick<Original, 'streamId' | 'version'>,
  expected: ExpectedVersion | undefined,
): void {
  if (expected === undefined || expected === 'any' || expected === 'exists' || expected === version) return;
  throw Conflict.version(streamId, expected, version);
}

/**
 * Returns the start of the session that the corrected turn has to have, and its end: a turn that was said
 * before the end of its session, and is recorded again after it, would else leave the session open.
 */
export function aroundTurn(
  states: { before: WriteState; after: WriteState },
  userId: string,
  { sessionId, ...when }: { sessionId: string; occurredAt: number; utcOffset: number },
): { start: NewEvent[]; end: NewEvent[] } {
  const session = states.after.rows.get(sessionsTable, userId, sessionId);
  const at = orderTime({ occurredAt: when.occurredAt, recordedAt: states.after.recordedAt });
  if (session && session.openedAt !== null && !isResumedBy(session, at)) return { start: [], end: [] };
  const streamId = conversationStream(userId, sessionId);
  const isEnded = states.before.rows.get(sessionsTable, userId, sessionId)?.ended === true;
  const event = { streamId, data: { sessionId }, ...when };
  return {
    start: [{ ...event, type: 'session.started' }],
    end: isEnded ? [{ ...event, type: 'session.ended' }] : [],
  };
}
