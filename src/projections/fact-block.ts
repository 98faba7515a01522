import type { MemoryType } from '../events/memory/memory-formed.event.js';
import {
  FACT_TYPES,
  type EmotionFact,
  type Fact,
  type FactTimes,
  type FactType,
  type PlainFact,
  type SessionFact,
} from './facts.js';
import { NumberReader, numberText, signed, unsigned } from './number-text.js';

/**
 * Most characters of a block, without its key: SQLite then keeps four or more in a page, without overflow.
 */
const MAX_BLOCK_LENGTH = 800;

/** The key of a user's last block, to which facts are added: after the keys of all full ones. */
export const LAST_BLOCK = 2 ** 31 - 1;

/** Facts of one user in order of position, packed. */
export interface FactBlock {
  /** Number of facts. */
  count: number;
  /**
   * Position, time of recording (ms UTC) and offset (minutes east of UTC) of the last fact; 0 without one.
   */
  position: number;
  recordedAt: number;
  utcOffset: number;
  /** Each text of the facts once: ids, labels and types of memories. */
  texts: readonly string[];
  /** The facts as numbers, each relative to the fact before: see `numberText`. */
  facts: string;
}

/** A block without facts. */
export const EMPTY_BLOCK: FactBlock = {
  count: 0,
  position: 0,
  recordedAt: 0,
  utcOffset: 0,
  texts: [],
  facts: '',
};

// What the first number of a fact says beside its type.
const SAME_TIME = 1;
const SAME_OFFSET = 2;
const FLAGS = 4;

/** Returns the block with the fact added, whose position is after those of the block. */
export function withFact(block: FactBlock, fact: Fact): FactBlock {
  const { position, recordedAt, occurredAt, utcOffset } = fact;
  const flags =
    (occurredAt === recordedAt ? SAME_TIME : 0) + (utcOffset === block.utcOffset ? SAME_OFFSET : 0);
  let facts =
    numberText(FACT_TYPES.indexOf(fact.type) * FLAGS + flags) +
    numberText(position - block.position) +
    numberText(unsigned(recordedAt - block.recordedAt));
  if (occurredAt !== recordedAt) facts += numberText(unsigned(occurredAt - recordedAt));
  if (utcOffset !== block.utcOffset) facts += numberText(unsigned(utcOffset));
  const texts = (SHAPES[fact.type] as FactShape<Fact>).texts(fact);
  const known = [...block.texts];
  facts += numberText(texts.length);
  for (const each of texts) {
    const index = known.indexOf(each);
    facts += numberText(index === -1 ? known.push(each) - 1 : index);
  }
  if (fact.type === 'emotion.observed') facts += numberText(fact.micros);
  return {
    count: block.count + 1,
    position,
    recordedAt,
    utcOffset,
    texts: known.length === block.texts.length ? block.texts : known,
    facts: block.facts + facts,
  };
}

/** Whether the block has its size: a further fact belongs into a new one. */
export function isFull({ texts, facts }: FactBlock): boolean {
  let length = facts.length;
  for (const { length: characters } of texts) length += characters + 3;
  return length >= MAX_BLOCK_LENGTH;
}

/** Selects facts: those up to and including `upTo`, of the types whose numbers are wanted. */
export interface FactChoice {
  upTo: number;
  wanted: readonly boolean[];
  /** The positions of facts to leave out: those of events that were taken back. */
  without?: ReadonlySet<number> | undefined;
}

/**
 * Calls `take` with each chosen fact of a block, in order of position. An emotion is the same object each
 * time, as making one takes longer than counting it: it may be used until `take` returns.
 */
export function readFacts(
  { texts, facts: packed }: Pick<FactBlock, 'texts' | 'facts'>,
  { upTo, wanted, without }: FactChoice,
  take: (fact: Fact) => void,
): void {
  const reader = READER.open(packed);
  let position = 0;
  let recordedAt = 0;
  let utcOffset = 0;
  while (!reader.isAtEnd) {
    const first = reader.next();
    const type = Math.floor(first / FLAGS);
    position += reader.next();
    if (position > upTo) return;
    recordedAt += signed(reader.next());
    const occurredAt = (first & SAME_TIME) === 0 ? recordedAt + signed(reader.next()) : recordedAt;
    if ((first & SAME_OFFSET) === 0) utcOffset = signed(reader.next());
    const count = reader.next();
    if (!wanted[type] || without?.has(position)) {
      reader.skip(type === EMOTION ? count + 1 : count);
      continue;
    }
    const times = { position, recordedAt, occurredAt, utcOffset };
    // The commonest by far is read without looking up how.
    if (type === EMOTION) take(EMOTION_READ.read(times, texts, count));
    else take(shapeOf(type).read(times, { texts, count }));
  }
}

/** Appends the chosen facts of a block to `facts`. */
export function listFacts(
  block: Pick<FactBlock, 'texts' | 'facts'>,
  choice: FactChoice,
  facts: Fact[],
): void {
  readFacts(block, choice, (fact) => facts.push(fact === EMOTION_READ ? EMOTION_READ.copy() : fact));
}

const READER = new NumberReader();
const EMOTION = FACT_TYPES.indexOf('emotion.observed');

/** What is left of a fact for READER: `count` references to texts, then the numbers of its type. */
interface Rest {
  texts: readonly string[];
  count: number;
}

/** How the facts of a type are written and read. */
interface FactShape<F extends Fact> {
  texts(fact: F): readonly string[];
  read(times: FactTimes, rest: Rest): F;
}

type ShapeOf<T extends FactType> = FactShape<Fact & { type: T }>;

/** A fact without anything but its times. */
function plain<T extends PlainFact['type']>(type: T): FactShape<PlainFact & { type: T }> {
  return { texts: () => [], read: (times) => ({ type, ...times }) };
}

/** A fact of a session. */
function ofSession<T extends SessionFact['type']>(type: T): FactShape<SessionFact & { type: T }> {
  return {
    texts: ({ sessionId }) => [sessionId],
    read: (times, rest) => ({ type, ...times, sessionId: nextText(rest) }),
  };
}

/** A fact of a memory. */
function ofMemory<T extends 'memory.forgotten' | 'memory.recalls-imported'>(type: T): ShapeOf<T> {
  return {
    texts: ({ memoryId }) => [memoryId],
    read: (times, rest) => ({ type, ...times, memoryId: nextText(rest) }) as Fact & { type: T },
  };
}

const SHAPES: { [T in FactType]: ShapeOf<T> } = {
  'user.registered': plain('user.registered'),
  'profile.changed': plain('profile.changed'),
  'preference.learned': plain('preference.learned'),
  'preference.unlearned': plain('preference.unlearned'),
  'emotion.pattern-imported': plain('emotion.pattern-imported'),
  'conversation.window-imported': plain('conversation.window-imported'),
  'context.used': plain('context.used'),
  'memory.confirmed': plain('memory.confirmed'),
  'memory.embedded': plain('memory.embedded'),
  'events.retracted': plain('events.retracted'),
  'events.restored': plain('events.restored'),
  'turn.recorded': ofSession('turn.recorded'),
  'session.started': ofSession('session.started'),
  'session.ended': ofSession('session.ended'),
  'emotion.observed': {
    texts: ({ emotion, sessionId, triggers }) => [emotion, sessionId ?? '', ...triggers],
    read: (times, { texts, count }) => EMOTION_READ.read(times, texts, count),
  },
  'memory.formed': {
    texts: ({ memoryId, memoryType }) => [memoryId, memoryType],
    read: (times, rest) => ({
      type: 'memory.formed',
      ...times,
      memoryId: nextText(rest),
      memoryType: nextText(rest) as MemoryType,
    }),
  },
  'memory.revised': {
    texts: ({ memoryId, memoryType }) => (memoryType === null ? [memoryId] : [memoryId, memoryType]),
    read: (times, rest) => ({
      type: 'memory.revised',
      ...times,
      memoryId: nextText(rest),
      memoryType: rest.count > 1 ? (nextText(rest) as MemoryType) : null,
    }),
  },
  'memory.forgotten': ofMemory('memory.forgotten'),
  'memory.recalls-imported': ofMemory('memory.recalls-imported'),
  'memory.recalled': {
    texts: ({ memoryIds }) => memoryIds,
    read: (times, rest) => ({
      type: 'memory.recalled',
      ...times,
      memoryIds: Array.from({ length: rest.count }, () => nextText(rest)),
    }),
  },
};

function shapeOf(type: number): FactShape<Fact> {
  const name = FACT_TYPES[type];
  if (name === undefined) throw new RangeError(`A block has a fact of the unknown type ${type}.`);
  return SHAPES[name];
}

/** Shared by all facts without triggers: no report changes a fact. */
const NO_TRIGGERS: string[] = [];

/** An emotion in the block that READER reads; what not every report needs is read when asked for. */
class EmotionInBlock implements EmotionFact {
  readonly type = 'emotion.observed';
  position = 0;
  recordedAt = 0;
  occurredAt = 0;
  utcOffset = 0;
  emotion = '';
  micros = 0;
  private texts: readonly string[] = [];
  /** Where the references to its texts are: the emotion, the session, the triggers. */
  private at = 0;
  private end = 0;

  read(
    { position, recordedAt, occurredAt, utcOffset }: FactTimes,
    texts: readonly string[],
    count: number,
  ): this {
    this.position = position;
    this.recordedAt = recordedAt;
    this.occurredAt = occurredAt;
    this.utcOffset = utcOffset;
    this.texts = texts;
    this.at = READER.at;
    this.end = READER.at + count;
    this.emotion = textAt(texts, this.at);
    READER.skip(count);
    this.micros = READER.next();
    return this;
  }

  get sessionId(): string | null {
    const sessionId = textAt(this.texts, this.at + 1);
    return sessionId === '' ? null : sessionId;
  }

  get triggers(): string[] {
    const first = this.at + 2;
    if (first >= this.end) return NO_TRIGGERS;
    const triggers: string[] = [];
    for (let place = first; place < this.end; place++) triggers.push(textAt(this.texts, place));
    return triggers;
  }

  copy(): EmotionFact {
    const { type, position, recordedAt, occurredAt, utcOffset, emotion, micros, sessionId, triggers } = this;
    return { type, position, recordedAt, occurredAt, utcOffset, emotion, micros, sessionId, triggers };
  }
}

const EMOTION_READ = new EmotionInBlock();

function nextText({ texts }: Rest): string {
  return textAt(texts, READER.at++);
}

/** The text to which the number at a place refers. */
function textAt(texts: readonly string[], place: number): string {
  const known = texts[READER.numberAt(place)];
  if (known === undefined) throw new RangeError('A block refers to a text that it does not have.');
  return known;
}
