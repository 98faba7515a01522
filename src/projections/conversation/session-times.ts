import type { Rows } from '../../database/row-store.js';
import type { FoldEvent } from '../../events/event.js';
import { orderTime } from '../order-time.js';
import { addTurn, OlderSittings } from './sittings.js';

/** The times of a session, as its row in the conversation window has them. */
export interface SessionTimes {
  userId: string;
  sessionId: string;
  startedAt: number;
  lastActivityAt: number;
  ended: boolean;
  openedAt: number | null;
  sittingStart: number | null;
  lastRecordedAt: number | null;
  endedAt: number | null;
  position: number;
}

/** A session after its start or a turn, and what that added to the user's summary. */
export interface Activity<S> {
  session: S;
  added: { sessions: number; resumptions: number; sittings: number; ms: number };
}

/** Whether a turn at this order time uses an ended session again; an earlier one only arrived late. */
export function isResumedBy({ endedAt }: Pick<SessionTimes, 'endedAt'>, at: number): boolean {
  return endedAt !== null && at >= endedAt;
}

/**
 * Returns when the session ended, on the clock of its turns: as long after the last turn as the end was
 * recorded after it. What is imported from a year ago ended then, not when it was imported.
 */
export function endOf({ lastActivityAt, lastRecordedAt }: SessionTimes, { recordedAt }: FoldEvent): number {
  return lastActivityAt + Math.max(0, recordedAt - (lastRecordedAt ?? recordedAt));
}

/** Opens, resumes or continues a session, in which a longer pause than that ends a conversation. */
export function withActivity<S extends SessionTimes>(
  before: S,
  event: FoldEvent,
  rows: Rows,
  pauseMinutes: number,
): Activity<S> {
  const { position, recordedAt } = event;
  const at = orderTime(event);
  const session = { ...before, position };
  const begun = { sittingStart: at, lastActivityAt: at, lastRecordedAt: recordedAt };
  if (session.sittingStart === null) {
    const opened = { ...session, ...begun, openedAt: at, startedAt: at };
    return { session: opened, added: { sessions: 1, resumptions: 0, sittings: 1, ms: 0 } };
  }
  const newest = [session.sittingStart, session.lastActivityAt] as const;
  const older = new OlderSittings(rows, session, pauseMinutes);
  if (session.endedAt !== null && isResumedBy(session, at)) {
    older.add([...newest, session.endedAt]);
    const resumed = { ...session, ...begun, ended: false, endedAt: null };
    return { session: resumed, added: { sessions: 0, resumptions: 1, sittings: 1, ms: 0 } };
  }
  const turn = addTurn(older, newest, at);
  const [sittingStart, lastActivityAt] = turn.newest;
  const startedAt = Math.min(session.startedAt, at);
  const lastRecordedAt = at >= session.lastActivityAt ? recordedAt : session.lastRecordedAt;
  return {
    session: { ...session, startedAt, sittingStart, lastActivityAt, lastRecordedAt },
    added: { sessions: 0, resumptions: 0, sittings: turn.addedSittings, ms: turn.addedMs },
  };
}
