import type { StoreEvent, StoreEventOf } from '../../events/event-catalog.js';
import type { MemoryType } from '../../events/memory/memory-formed.event.js';
import type { Standing } from '../retraction/standing.js';
import type { Rule } from './retention-policy.js';

/** Up to which positions, inclusive, what is old: a rule that is left out has nothing old. */
export interface Cutoffs {
  turns?: number;
  emotions?: number;
  memories?: Readonly<Partial<Record<MemoryType, number>>>;
  removed?: number;
  users?: number;
}

/** A rule that chooses events. */
export type EventRule = Exclude<Rule, 'users'>;

/** An event that is old, and the first rule that says so. */
export interface Expired {
  position: number;
  rule: EventRule;
}

/** A memory, as its events say. */
interface Memory {
  positions: number[];
  type: MemoryType | undefined;
  isPinned: boolean;
  /** Position of the event that last formed, revised or confirmed it; 0 if none counts. */
  touchedAt: number;
  /** The same of those events, too, that are taken back. */
  saidAt: number;
  /** Position of the event that forgot it; 0 if none counts. */
  forgottenAt: number;
  /** Whether its forming is here. */
  isFormed: boolean;
  isExpired: boolean;
}

/** A turn, a session or a use of a context. */
interface Said {
  position: number;
  id: string;
}

/**
 * Chooses the events of one user that are older than the policy lets them be: takes the events that have data one
 * after another by position, and tells when it has all. Pure.
 */
export class ExpiredEvents {
  private readonly expired = new Map<number, EventRule>();
  /** The positions of events without a seal, */
  private readonly sealless = new Set<number>();
  /** and of what is old and stays because of that. */
  private readonly kept = new Set<number>();
  private readonly memories = new Map<string, Memory>();
  private readonly recalls: { position: number; memoryIds: readonly string[] }[] = [];
  /** Sessions and turns of which something stays. */
  private readonly stays = { sessions: new Set<string>(), turns: new Set<string>() };
  private readonly ofSessions: Said[] = [];
  private readonly uses: Said[] = [];

  constructor(
    private readonly cutoffs: Cutoffs,
    private readonly standing: Pick<Standing, 'byEvent'>,
  ) {}

  /** Takes the next event; one without a seal stays, because nothing could be proven of it without its data. */
  add(event: StoreEvent, isSealed = true): void {
    if (!isSealed) this.sealless.add(event.position);
    const retractedBy = this.standing.byEvent.get(event.position);
    const { removed = 0 } = this.cutoffs;
    if (retractedBy && [...retractedBy].some((position) => position <= removed))
      this.expire(event.position, 'removed');
    this.choose(event, !retractedBy || retractedBy.size === 0);
  }

  /** Returns what is expired, in the order of positions. */
  result(): Expired[] {
    this.expireMemories();
    const { turns = 0 } = this.cutoffs;
    const { sessions, turns: staying } = this.stays;
    for (const { position, id } of this.ofSessions)
      if (position <= turns && !sessions.has(id)) this.expire(position, 'turns');
    for (const { position, id } of this.uses)
      if (position <= turns && !staying.has(id)) this.expire(position, 'turns');
    const all = [...this.expired].map(([position, rule]) => ({ position, rule }));
    return all.toSorted((a, b) => a.position - b.position);
  }

  /** How many events are old, and stay because they have no seal, or their memory has events without one. */
  get unsealed(): number {
    return this.kept.size;
  }

  private expire(position: number, rule: EventRule): void {
    if (this.sealless.has(position)) this.kept.add(position);
    else if (!this.expired.has(position)) this.expired.set(position, rule);
  }

  private choose(event: StoreEvent, counts: boolean): void {
    const take = this.byType[event.type] as ((event: StoreEvent) => void) | undefined;
    if (take) take(event);
    else if (isOfMemory(event)) this.follow(event, counts);
  }

  private readonly byType: { readonly [T in StoreEvent['type']]?: (event: StoreEventOf<T>) => void } = {
    'turn.recorded': ({ position, data }) => this.chooseSaid(position, data),
    'conversation.window-imported': ({ position, data }) => this.chooseSaid(position, data),
    'session.started': ({ position, data }) => void this.ofSessions.push({ position, id: data.sessionId }),
    'session.ended': ({ position, data }) => void this.ofSessions.push({ position, id: data.sessionId }),
    'context.used': ({ position, data }) => void this.uses.push({ position, id: data.turnId }),
    'emotion.observed': ({ position }) => this.chooseEmotion(position),
    'emotion.pattern-imported': ({ position }) => this.chooseEmotion(position),
    'memory.recalled': ({ position, data: { memoryIds } }) => void this.recalls.push({ position, memoryIds }),
  };

  /** A turn, or what was imported of a session. */
  private chooseSaid(position: number, { sessionId, turnId }: { sessionId: string; turnId?: string }): void {
    const isOld = position <= (this.cutoffs.turns ?? 0);
    if (isOld) this.expire(position, 'turns');
    if (isOld && !this.sealless.has(position)) return;
    this.stays.sessions.add(sessionId);
    if (turnId !== undefined) this.stays.turns.add(turnId);
  }

  private chooseEmotion(position: number): void {
    if (position <= (this.cutoffs.emotions ?? 0)) this.expire(position, 'emotions');
  }

  private follow(event: OfMemory, counts: boolean): void {
    const { memoryId } = event.data;
    const memory = this.memories.get(memoryId) ?? newMemory();
    this.memories.set(memoryId, memory);
    memory.positions.push(event.position);
    if (SAYS.has(event.type)) memory.saidAt = event.position;
    if (event.type === 'memory.formed') {
      memory.isFormed = true;
      memory.type ??= event.data.type;
    }
    if (counts) evolve(memory, event);
  }

  private expireMemories(): void {
    for (const memory of this.memories.values()) {
      const rule = this.ruleOf(memory);
      if (rule === undefined) continue;
      // A memory goes whole or not at all.
      memory.isExpired = !memory.positions.some((position) => this.sealless.has(position));
      for (const position of memory.positions)
        if (memory.isExpired) this.expire(position, rule);
        else this.kept.add(position);
    }
    if (!this.takesMemories) return;
    for (const { position, memoryIds } of this.recalls)
      if (memoryIds.every((id) => this.isGone(id))) this.expire(position, 'memories');
  }

  private get takesMemories(): boolean {
    return this.cutoffs.memories !== undefined || this.cutoffs.removed !== undefined;
  }

  /** A memory without any event is one whose events are erased. */
  private isGone(memoryId: string): boolean {
    return this.memories.get(memoryId)?.isExpired ?? true;
  }

  private ruleOf(memory: Memory): EventRule | undefined {
    const { type, touchedAt, saidAt, forgottenAt, isPinned } = memory;
    const { memories, removed = 0 } = this.cutoffs;
    const isForgotten = forgottenAt > 0;
    if (isForgotten && forgottenAt <= removed) return 'removed';
    // The rest of a memory whose forming is erased: it had more events than are erased at once.
    if (!memory.isFormed) return this.takesMemories ? 'memories' : undefined;
    if (isPinned && !isForgotten) return undefined;
    return (touchedAt || saidAt) <= upToOf(type, memories) ? 'memories' : undefined;
  }
}

/** Up to which position memories of the type are old; none is at position 0. */
function upToOf(type: MemoryType | undefined, upTo: Cutoffs['memories'] = {}): number {
  return type === undefined ? 0 : (upTo[type] ?? 0);
}

/** Follows what an event that counts does to a memory. */
function evolve(memory: Memory, event: OfMemory): void {
  if (event.type === 'memory.formed') {
    memory.type = event.data.type;
    memory.isPinned = event.data.pinned ?? false;
    memory.touchedAt = event.position;
  } else if (event.type === 'memory.confirmed') {
    memory.touchedAt = event.position;
  } else if (event.type === 'memory.revised') {
    const { type, pinned } = event.data.changes;
    if (type) memory.type = type.to as MemoryType;
    if (pinned) memory.isPinned = pinned.to as boolean;
    // A retraction revises nothing, so that the version rises.
    if (Object.keys(event.data.changes).length > 0) memory.touchedAt = event.position;
  } else if (event.type === 'memory.forgotten') {
    memory.forgottenAt = event.position;
  }
}

type OfMemory = StoreEventOf<
  | 'memory.formed'
  | 'memory.revised'
  | 'memory.confirmed'
  | 'memory.forgotten'
  | 'memory.embedded'
  | 'memory.recalls-imported'
>;

const OF_MEMORY: ReadonlySet<string> = new Set<OfMemory['type']>([
  'memory.formed',
  'memory.revised',
  'memory.confirmed',
  'memory.forgotten',
  'memory.embedded',
  'memory.recalls-imported',
]);

/** The events that say what a memory says, or say it again. */
const SAYS: ReadonlySet<string> = new Set(['memory.formed', 'memory.revised', 'memory.confirmed']);

function isOfMemory(event: StoreEvent): event is OfMemory {
  return OF_MEMORY.has(event.type);
}

function newMemory(): Memory {
  return {
    positions: [],
    type: undefined,
    isPinned: false,
    touchedAt: 0,
    saidAt: 0,
    forgottenAt: 0,
    isFormed: false,
    isExpired: false,
  };
}
