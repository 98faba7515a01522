import type { StoreEvent } from '../../events/event-catalog.js';
import { conversationStream } from '../../events/streams.js';

/** What is to be taken back: events, turns and memories by their ids, or what was said in a session or time. */
export interface Selection {
  turnIds?: readonly string[] | undefined;
  memoryIds?: readonly string[] | undefined;
  eventIds?: readonly string[] | undefined;
  /** The positions of events. */
  positions?: readonly number[] | undefined;
  sessionId?: string | undefined;
  /** Only what occurred at or after this time, ms UTC, */
  from?: number | undefined;
  /** and before this one. */
  to?: number | undefined;
  /** Only the events themselves, and not what they caused. */
  exactly?: boolean | undefined;
}

/** Nobody takes these back: who the user is to the store, and what was taken back or erased before. */
const LASTING: ReadonlySet<string> = new Set([
  'user.registered',
  'user.erased',
  'user.reopened',
  'events.retracted',
  'events.restored',
]);

/** What is said in a session or a time; all else follows from it. */
const SAID: ReadonlySet<string> = new Set(['turn.recorded', 'emotion.observed', 'memory.formed']);

/** What the data of some types of events has. */
interface Links {
  turnId?: string | null;
  sessionId?: string | null;
  memoryId?: string;
  memoryIds?: readonly string[];
  learnedPosition?: number;
}

/**
 * Tells of one user's events, one after another by position, whether each is taken back: because it was
 * selected, or because something that was taken back caused it. A turn caused its emotions, what was learned
 * from it, the memories formed from it, and its use of a context; the forming of a memory caused all that
 * happened to it. Causes come before what they cause, so that one pass finds all. Pure.
 */
export class CausedEvents {
  private readonly taken = { ids: new Set<string>(), positions: new Set<number>() };
  private readonly turns = new Set<string>();
  private readonly memories = new Set<string>();
  private readonly asked: Record<'turns' | 'memories' | 'events', ReadonlySet<string>>;
  private readonly seen = {
    turns: new Set<string>(),
    memories: new Set<string>(),
    events: new Set<string>(),
  };
  private readonly positions: ReadonlySet<number>;
  private hasSession = false;
  /** The ids of selected events that nobody takes back. */
  readonly lasting: string[] = [];

  constructor(private readonly selection: Selection) {
    const { turnIds, memoryIds, eventIds, positions } = selection;
    this.positions = new Set(positions);
    this.asked = { turns: new Set(turnIds), memories: new Set(memoryIds), events: new Set(eventIds) };
  }

  /** Whether the next event is taken back. */
  takes(event: StoreEvent): boolean {
    const isSelected = this.selects(event);
    if (LASTING.has(event.type)) {
      if (isSelected && this.asked.events.has(event.eventId)) this.lasting.push(event.eventId);
      return false;
    }
    const takes = isSelected || (!this.selection.exactly && this.follows(event));
    if (takes) this.take(event);
    // A memory that is formed again after it was forgotten is another one, as is a turn that is recorded anew.
    else if (event.type === 'memory.formed') this.memories.delete(event.data.memoryId);
    else if (event.type === 'turn.recorded') this.turns.delete(event.data.turnId);
    return takes;
  }

  /** What was selected by an id that no event has. */
  unknown(): Selection {
    const { turnIds = [], memoryIds = [], eventIds = [], sessionId } = this.selection;
    return {
      turnIds: turnIds.filter((id) => !this.seen.turns.has(id)),
      memoryIds: memoryIds.filter((id) => !this.seen.memories.has(id)),
      eventIds: eventIds.filter((id) => !this.seen.events.has(id)),
      sessionId: sessionId !== undefined && !this.hasSession ? sessionId : undefined,
    };
  }

  private selects(event: StoreEvent): boolean {
    const { turns, memories, events } = this.asked;
    const { eventId, type } = event;
    const { turnId, memoryId } = event.data as Links;
    let selects = this.isSaid(event) || this.positions.has(event.position);
    if (events.has(eventId)) {
      this.seen.events.add(eventId);
      selects = true;
    }
    if (type === 'turn.recorded' && turns.has(turnId as string)) {
      this.seen.turns.add(turnId as string);
      selects = true;
    }
    if (memoryId !== undefined && memories.has(memoryId)) {
      this.seen.memories.add(memoryId);
      selects = true;
    }
    return selects;
  }

  /** Whether it belongs to the session, and was said in the time, that were selected. */
  private isSaid(event: StoreEvent): boolean {
    const { sessionId, from, to } = this.selection;
    const isAnyTime = from === undefined && to === undefined;
    if (sessionId === undefined) return !isAnyTime && this.isInTime(event);
    if (!isOfSession(event, sessionId)) return false;
    this.hasSession = true;
    return isAnyTime || this.isInTime(event);
  }

  private isInTime({ type, occurredAt }: StoreEvent): boolean {
    const { from = -Infinity, to = Infinity } = this.selection;
    return SAID.has(type) && occurredAt >= from && occurredAt < to;
  }

  private follows({ type, causationId, data }: StoreEvent): boolean {
    const { turnId, memoryId, memoryIds, learnedPosition } = data as Links;
    if (causationId !== null && this.taken.ids.has(causationId)) return true;
    if (typeof turnId === 'string' && type !== 'turn.recorded' && this.turns.has(turnId)) return true;
    if (type === 'memory.formed') return false;
    if (memoryId !== undefined && this.memories.has(memoryId)) return true;
    if (learnedPosition !== undefined && this.taken.positions.has(learnedPosition)) return true;
    return memoryIds !== undefined && memoryIds.every((id) => this.memories.has(id));
  }

  private take(event: StoreEvent): void {
    this.taken.ids.add(event.eventId);
    this.taken.positions.add(event.position);
    if (event.type === 'turn.recorded') this.turns.add(event.data.turnId);
    if (event.type === 'memory.formed') this.memories.add(event.data.memoryId);
  }
}

function isOfSession({ userId, streamId, data }: StoreEvent, sessionId: string): boolean {
  return streamId === conversationStream(userId, sessionId) || (data as Links).sessionId === sessionId;
}
