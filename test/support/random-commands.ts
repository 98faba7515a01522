import * as fc from 'fast-check';
import { StoreError } from '../../src/errors.js';
import type { EventWriter } from '../../src/writer/event-writer.js';
import type { Written } from '../../src/writer/write-command.js';
import { receiptOf, START } from './builders.js';
import { UNFOLDABLE, UNSTORABLE } from './folds.js';
import { send, type SentCommand } from './sent-commands.js';

/** Few values of each kind, so that commands conflict, are refused, and share words. */
export const USERS = ['ada', 'bob', 'ADA'];
const LATIN_WORDS = [
  'whale',
  'Whales',
  'harbour',
  'running',
  'runs',
  'the',
  'café',
  'CAFÉ',
  'cafe\u0301',
  '2025',
  "don't",
];
const OTHER_WORDS = [
  '東京へ行く',
  '東京',
  'สวัสดีชาวโลก',
  'Größe',
  'ΣΑΣ',
  '🗼',
  'привет',
  'naïve;drop',
  'e1_x',
];
export const WORDS = [...LATIN_WORDS, ...OTHER_WORDS];
const MEMORY_IDS = ['m1', 'm2', 'm3'];
const EMOTIONS = ['joy', ' Joy', 'fear', 'счастье'];
/** No more topics than a session's window holds, so that none is dropped. */
const TOPICS = ['whale', ' whale', 'Harbour', '東京', '🗼', 'work'];
const DAY_MINUTES = 24 * 60;

const phrase = fc
  .array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 6 })
  .map((words) => words.join(' '));
const share = fc.oneof(fc.constantFrom(0, 1, 0.5), fc.double({ min: 0, max: 1, noNaN: true }).map(Math.abs));
const level = fc.integer({ min: 0, max: 100 });
const triggers = fc.array(fc.constantFrom('harbour', 'Harbour ', 'work', '家'), { maxLength: 3 });
const json = fc.dictionary(
  fc.constantFrom('a', 'b', 'ключ'),
  fc.oneof(phrase, fc.integer(), fc.constant(null)),
  {
    maxKeys: 2,
    noNullPrototype: true,
  },
);
const memoryId = fc.constantFrom(...MEMORY_IDS);
/** Mostly the same session, so that it has more turns than its window shows. */
const sessionId = fc.oneof({ weight: 3, arbitrary: fc.constant('s1') }, fc.constant('s2'));
const type = fc.constantFrom('preference', 'pattern', 'fact', 'conversation', 'emotional');
/** Up to forty days late, or up to twenty hours ahead of the first clock. */
const occurredAt = fc
  .integer({ min: -40 * DAY_MINUTES, max: 20 * 60 })
  .chain((minutes) => fc.constantFrom(0, 0, 345, -210).map((offset) => written(minutes, offset)));

/** The time this many minutes after the start, written as UTC or with an offset. */
function written(minutes: number, offset: number): string {
  const at = new Date(Date.parse(START) + (minutes + offset) * 60_000).toISOString();
  return at.replace('Z', offset === 0 ? 'Z' : offset > 0 ? '+05:45' : '-03:30');
}

/** Sometimes an emotion that makes its whole batch fail; the other commands must still be written. */
const emotionName = fc.oneof(
  { weight: 15, arbitrary: fc.constantFrom(...EMOTIONS) },
  fc.constantFrom(UNFOLDABLE, UNSTORABLE),
);

/** Whole numbers, so that products are exact in any order; sometimes of another length than the model's. */
export const EMBEDDINGS = [
  [1, 2, 0, 0, 3, 0, 0, 1],
  [0, 2, 5, 0, 3, 0, -1, 1],
  [-4, 0, 0, 2, 0, 0, 0, 1],
];
export const MODELS = ['small', 'Grün'];
const embedding = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...EMBEDDINGS) },
  { weight: 1, arbitrary: fc.constant([1, 2, 3, 4, 5, 6, 7, 8, 9]) },
);
const embeddingModel = fc.constantFrom(...MODELS);
const embeddingFields = fc.record({ embedding, embeddingModel });

/** Sometimes with an embedding. */
function maybeEmbedded<T extends object>(input: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc
    .tuple(input, fc.option(embeddingFields))
    .map(([fields, embedded]) => ({ ...fields, ...embedded }));
}

const optional = { requiredKeys: [] as never[] };
const emotion = fc.record(
  { label: emotionName, intensity: share, confidence: share, triggers },
  { requiredKeys: ['label', 'intensity'] },
);
const memoryFields = {
  type,
  content: phrase,
  context: fc.option(phrase),
  confidence: share,
  importance: share,
  language: fc.constantFrom('en', 'de', 'fr', 'ru', 'ja'),
  pinned: fc.boolean(),
  /** Soon, so that it passes while commands are sent, or late; too soon, it is refused. */
  expiresAt: fc.option(
    fc
      .oneof(fc.integer({ min: 1, max: 40 }), fc.constant(90 * DAY_MINUTES))
      .map((minutes) => written(minutes, 0)),
  ),
  supersedes: fc.array(memoryId, { maxLength: 1 }),
  contradicts: fc.array(memoryId, { maxLength: 2 }),
};

/** Sometimes with what a turn may teach. */
const message = fc.oneof(
  phrase,
  phrase.map((words) => `I love ${words}. No emojis!`),
  fc.constantFrom('I like jokes, but keep it short.', "I don't like whales and work.", 'I like emojis.'),
);

/** One of the events, or retractions, of the user: see `withIds`. */
const drawnId = fc.nat({ max: 60 }).map((n) => `#${n}`);

/** The possible inputs of each command. */
export const INPUTS = {
  RecordTurn: fc.record(
    {
      sessionId,
      userMessage: message,
      assistantMessage: phrase,
      emotion: fc.option(emotion),
      topics: fc.array(fc.constantFrom(...TOPICS), { maxLength: 4 }),
      learn: fc.boolean(),
      occurredAt,
    },
    { requiredKeys: ['sessionId', 'userMessage', 'assistantMessage', 'topics'] },
  ),
  EndSession: fc.record({ sessionId }),
  ObserveEmotion: fc.record(
    {
      emotion: emotionName,
      intensity: share,
      confidence: fc.option(share),
      triggers,
      sessionId: fc.option(sessionId),
      occurredAt,
    },
    { requiredKeys: ['emotion', 'intensity'] },
  ),
  UnlearnPreference: fc.record({ learnedPosition: fc.integer({ min: 1, max: 60 }) }),
  ImportEmotionPattern: fc.record(
    {
      emotion: fc.constantFrom(...EMOTIONS),
      frequency: fc.integer({ min: 1, max: 50 }),
      meanIntensity: share,
      triggers,
      hours: fc.array(fc.nat({ max: 9 }), { minLength: 24, maxLength: 24 }),
      trend: fc.constantFrom('increasing' as const, 'stable' as const),
      lastAt: occurredAt,
    },
    { requiredKeys: ['emotion', 'frequency', 'meanIntensity'] },
  ),
  ImportWindow: fc.record(
    {
      sessionId,
      lastActivityAt: occurredAt,
      startedAt: occurredAt,
      topics: fc.array(fc.constantFrom(...TOPICS), { maxLength: 4 }),
      emotions: fc.array(fc.constantFrom(...EMOTIONS), { maxLength: 4 }),
    },
    { requiredKeys: ['sessionId'] },
  ),
  FormMemory: maybeEmbedded(
    fc.record(
      {
        memoryId,
        ...memoryFields,
        content: fc.oneof(phrase, fc.constantFrom('Whale!', 'the whale')),
        // With an id of its own, only `false` has a repetition confirm another memory.
        allowDuplicate: fc.boolean(),
        metadata: json,
        sessionId,
        turnId: sessionId,
        occurredAt,
        recalled: fc.record(
          { count: fc.integer({ min: 1, max: 9 }), lastAt: occurredAt },
          { requiredKeys: ['count'] },
        ),
      },
      { requiredKeys: ['memoryId', 'type', 'content'] },
    ),
  ),
  ReviseMemory: maybeEmbedded(
    fc.record({ memoryId, ...memoryFields, metadata: json }, { requiredKeys: ['memoryId'] }),
  ),
  EmbedMemory: fc.record({ memoryId, embedding, embeddingModel }),
  ForgetMemory: fc.record({ memoryId, reason: phrase }, { requiredKeys: ['memoryId'] }),
  ForgetMemories: fc.record({ memoryIds: fc.array(memoryId, { minLength: 1, maxLength: 2 }) }),
  RecallMemories: fc.record({ memoryIds: fc.array(memoryId, { minLength: 1, maxLength: 3 }) }),
  UseContext: fc.record({
    receiptId: fc.constantFrom('ada', 'bob').map((userId) => receiptOf(userId)),
    turnId: fc.constantFrom('t1', 't2'),
    memories: fc.array(fc.record({ memoryId, score: share }), { maxLength: 3 }),
  }),
  RetractEvents: fc.oneof(
    fc.record({ eventIds: fc.array(drawnId, { minLength: 1, maxLength: 3 }), reason: phrase }),
    fc.record({ memoryIds: fc.array(memoryId, { minLength: 1, maxLength: 2 }) }),
    fc.record({ sessionId }),
    fc.record({ from: occurredAt, to: occurredAt }, { requiredKeys: ['from'] }),
    fc.record({ sessionId, to: occurredAt }),
  ),
  EditTurn: fc.record(
    {
      turnId: drawnId,
      userMessage: message,
      assistantMessage: phrase,
      emotion: fc.option(emotion),
      topics: fc.array(fc.constantFrom(...TOPICS), { maxLength: 4 }),
      learn: fc.boolean(),
    },
    { requiredKeys: ['turnId', 'userMessage', 'assistantMessage', 'topics'] },
  ),
  CorrectObservation: fc.record(
    { eventId: drawnId, emotion: emotionName, intensity: share, confidence: fc.option(share), triggers },
    { requiredKeys: ['eventId'] },
  ),
  RestoreEvents: fc.record({ retractionId: drawnId }),
  ExpireEvents: fc.record({
    positions: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 9 }),
    expectedPosition: fc.constant('#last'),
    reason: fc.constant('retention: turns'),
  }),
  // Seldom of the command's own user: nothing can be written for that one afterwards.
  EraseUser: fc.record({ confirm: fc.constantFrom('bob', 'ADA', 'eve') }),
  ReopenUser: fc.constant({ afterErasure: 'none' }),
  ChangeProfile: fc.record(
    {
      name: fc.option(phrase),
      humorLevel: level,
      emojiUsage: fc.boolean(),
      voice: fc.record({ enabled: fc.boolean(), pitch: share }, optional),
      interests: fc.array(phrase, { maxLength: 2 }),
      communicationPatterns: json,
      timeZone: fc.constantFrom(null, 'Europe/Berlin', 'Australia/Lord_Howe', 'America/St_Johns'),
      utcOffset: fc.constantFrom(0, 60, -480, 330, 840, -720),
    },
    optional,
  ),
} satisfies Record<string, fc.Arbitrary<object>>;

const WEIGHTS = {
  RecordTurn: 5,
  ObserveEmotion: 3,
  FormMemory: 5,
  ReviseMemory: 3,
  RetractEvents: 4,
  EraseUser: 1,
  ReopenUser: 1,
} as Record<string, number>;

/** A new command, or an earlier one to send again. */
type Step = Omit<SentCommand, 'key'> | { again: number };

const commandOf = (inputs: [string, fc.Arbitrary<object>][]) =>
  fc.oneof(
    ...inputs.map(([name, input]) => ({
      weight: WEIGHTS[name] ?? 2,
      arbitrary: fc.record({
        name: fc.constant(name),
        userId: fc.oneof({ weight: 5, arbitrary: fc.constant('ada') }, fc.constantFrom(...USERS)),
        input,
        expected: fc.oneof(
          { weight: 12, arbitrary: fc.constant(undefined) },
          fc.constantFrom('none' as const, 'exists' as const, 0, 1, 2),
        ),
      }),
    })),
  );
const stepOf = (inputs: [string, fc.Arbitrary<object>][]): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 6, arbitrary: commandOf(inputs) },
    { weight: 1, arbitrary: fc.record({ again: fc.nat() }) },
  );

const burstsOf = (inputs: [string, fc.Arbitrary<object>][]) =>
  fc.array(fc.array(stepOf(inputs), { minLength: 1, maxLength: 14 }), { minLength: 1, maxLength: 5 });

/** Bursts of commands, with erasures of users and events among them; the commands of one burst are sent at once. */
export const erasingBursts = burstsOf(Object.entries(INPUTS));
const CHANGE_THE_PAST: ReadonlySet<string> = new Set(['EraseUser', 'ReopenUser', 'ExpireEvents']);

/** Bursts of commands that leave the past as it was. */
export const bursts = burstsOf(Object.entries(INPUTS).filter(([name]) => !CHANGE_THE_PAST.has(name)));

/** A command that was sent, with its answer or the code of its refusal. */
export interface Outcome {
  command: SentCommand;
  answer: Written | string;
}

/** A clock that starts at START and advances by a minute for every commit. */
export function minuteClock(): () => number {
  let now = Date.parse(START);
  return () => (now += 60_000);
}

/** Sends the bursts one after another, each command with a key of its own. */
export async function sendAll(
  writer: EventWriter,
  sent: readonly (readonly Step[])[],
  prefix = 'key',
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const commands: SentCommand[] = [];
  for (const burst of sent) {
    const now = burst.flatMap((each) => {
      if (!('again' in each)) commands.push({ ...each, key: `${prefix}-${commands.length}` });
      const chosen = 'again' in each ? commands[each.again % commands.length] : commands.at(-1);
      return chosen ? [chosen] : [];
    });
    outcomes.push(...(await sendTogether(writer, now)));
  }
  return outcomes;
}

/** Sends the commands at once. */
export async function sendTogether(
  writer: EventWriter,
  commands: readonly SentCommand[],
): Promise<Outcome[]> {
  const settled = await Promise.allSettled(commands.map((each) => send(writer, each)));
  return settled.map((outcome, i) => {
    const sent = commands[i] as SentCommand;
    if (outcome.status === 'fulfilled') return { command: sent, answer: outcome.value };
    if (outcome.reason instanceof StoreError) return { command: sent, answer: outcome.reason.code };
    throw outcome.reason;
  });
}
