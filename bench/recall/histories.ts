import { readFileSync } from 'node:fs';
import { CommandMaker } from '../bodies.ts';

/** What a memory holds in these measurements: a turn of a conversation, or a fact distilled from it. */
export type Kind = 'turns' | 'facts';

/** A memory to load; `id` names it within its history. */
export interface ToRemember {
  id: string;
  content: string;
  context?: string;
  occurredAt: string;
}

/** A question, and the ids of the memories that answer it. */
export interface Question {
  q: string;
  category: string;
  wanted: ReadonlySet<string>;
}

/** The memories of one user in the order of forming, and questions about them. */
export interface History {
  userId: string;
  kind: Kind;
  /** Whether it holds all conversations together. */
  isBig: boolean;
  memories: readonly ToRemember[];
  questions: readonly Question[];
}

/** A line of a file, as far as it is used: a conversation with questions, its facts, or only a dialogue. */
interface Line {
  conversation_id?: string;
  dialogue_id?: string;
  sessions?: Session[];
  turns?: Turn[];
  qa?: { question: string; category?: number; category_name?: string; evidence?: string[] }[];
  observations?: { session_id: string; fact: string; evidence: string[] }[];
}

interface Session {
  session_id: string;
  started_at?: string;
  turns: Turn[];
}

interface Turn {
  turn_id?: string;
  n?: number;
  speaker: string;
  text: string;
  image_caption?: string;
  at?: string;
}

/** Questions of this kind have no answer in the conversation. */
const UNANSWERABLE = 'adversarial';
const GENERATED_WORDS = 20;
const GENERATED_SESSION = 20;

/**
 * Reads the files and returns a history per conversation and kind, and for each kind one user with so many
 * memories: everything in the files in the order of time, and made-up memories if that is not enough.
 */
export function readHistories(files: readonly string[], bigUserMemories: number): History[] {
  const lines = files.flatMap(readLines);
  const conversations = lines.filter(({ qa, sessions }) => qa && sessions);
  const facts = new Map(lines.flatMap((line) => (line.observations ? [[line.conversation_id, line]] : [])));
  const turns = conversations.map(turnsOf);
  const factsAsked = conversations.flatMap((line) => {
    const distilled = facts.get(line.conversation_id);
    return distilled ? [factsOf(line, distilled)] : [];
  });
  const dialogues = lines.filter(({ dialogue_id: id }) => id !== undefined);
  const histories = [...turns, ...factsAsked].filter(({ questions }) => questions.length > 0);
  const big = [turns, factsAsked]
    .filter((of) => of.some(({ questions }) => questions.length > 0))
    .map((of) => bigUser(of, dialogues, bigUserMemories));
  return [...histories, ...big];
}

function readLines(file: string): Line[] {
  const text = readFileSync(file, 'utf8').trim();
  return text.split('\n').map((line) => JSON.parse(line) as Line);
}

function turnsOf({ conversation_id: id, sessions = [], qa = [] }: Line): History {
  const memories = sessions.flatMap((session) =>
    session.turns.map((turn, i) => turnMemory(turn, session, i)),
  );
  const known = new Set(memories.map((memory) => memory.id));
  const questions = qa.map(({ question, category_name: category = 'other', evidence = [] }) => ({
    q: question,
    category,
    wanted: new Set(evidence.filter((turn) => known.has(turn))),
  }));
  return {
    userId: `turns-${id}`,
    kind: 'turns',
    isBig: false,
    memories,
    questions: questions.filter(isAnswerable),
  };
}

function turnMemory(turn: Turn, session: Session, i: number): ToRemember {
  const { speaker, text, image_caption: caption, at = session.started_at } = turn;
  return {
    id: turn.turn_id ?? `${session.session_id}:${i}`,
    content: `${speaker}: ${text}`.slice(0, 8_000),
    ...(caption ? { context: caption } : {}),
    occurredAt: at ?? new Date(0).toISOString(),
  };
}

/** A fact answers a question if both rest on the same turn. */
function factsOf(
  { conversation_id: id, sessions = [], qa = [] }: Line,
  { observations = [] }: Line,
): History {
  const startedAt = new Map(sessions.map((session) => [session.session_id, session.started_at]));
  const memories = observations.map(({ session_id: session, fact }, i) => ({
    id: `fact ${i}`,
    content: fact,
    occurredAt: startedAt.get(session) ?? new Date(0).toISOString(),
  }));
  const questions = qa.map(({ question, category_name: category = 'other', evidence = [] }) => {
    const turns = new Set(evidence);
    const answering = observations.flatMap(({ evidence: of }, i) =>
      of.some((turn) => turns.has(turn)) ? [`fact ${i}`] : [],
    );
    return { q: question, category, wanted: new Set(answering) };
  });
  return {
    userId: `facts-${id}`,
    kind: 'facts',
    isBig: false,
    memories,
    questions: questions.filter(isAnswerable),
  };
}

function isAnswerable({ category, wanted }: Question): boolean {
  return category !== UNANSWERABLE && wanted.size > 0;
}

function bigUser(histories: readonly History[], dialogues: readonly Line[], size: number): History {
  const kind = histories[0]!.kind;
  const own = histories.flatMap(({ userId, memories }) =>
    memories.map((memory) => ({ ...memory, id: `${userId} ${memory.id}` })),
  );
  const times = own.map(({ occurredAt }) => Date.parse(occurredAt));
  const span = { from: Math.min(...times), to: Math.max(...times) };
  const others = fillers(dialogues, Math.max(0, size - own.length), span);
  const memories = [...own, ...others].toSorted(
    (a, b) => Date.parse(a.occurredAt) - Date.parse(b.occurredAt),
  );
  const questions = histories.flatMap(({ userId, questions: asked }) =>
    asked.map(({ wanted, ...rest }) => ({
      ...rest,
      wanted: new Set([...wanted].map((id) => `${userId} ${id}`)),
    })),
  );
  return { userId: `${kind}-of-all`, kind, isBig: true, memories, questions };
}

/** Memories that answer nothing: the turns of dialogues, then made-up ones, spread evenly over the time. */
function fillers(
  dialogues: readonly Line[],
  count: number,
  span: { from: number; to: number },
): ToRemember[] {
  const maker = new CommandMaker(13, 30_000);
  const sessions: { id: string; contents: string[] }[] = dialogues.map(
    ({ dialogue_id: id = '', turns = [] }) => ({
      id,
      contents: turns.map(({ speaker, text }) => `${speaker}: ${text}`),
    }),
  );
  let left = count - sessions.reduce((sum, { contents }) => sum + contents.length, 0);
  for (; left > 0; left -= GENERATED_SESSION) {
    const contents = Array.from({ length: GENERATED_SESSION }, () => maker.words(GENERATED_WORDS));
    sessions.push({ id: `made up ${left}`, contents });
  }
  return sessions
    .flatMap(({ id, contents }, n) => {
      const at = span.from + ((span.to - span.from) * n) / sessions.length;
      const occurredAt = new Date(Math.round(at)).toISOString();
      return contents.map((content, i) => ({ id: `${id} ${i}`, content, occurredAt }));
    })
    .slice(0, count);
}
