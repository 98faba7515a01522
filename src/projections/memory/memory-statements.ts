import { hash } from 'node:crypto';
import type { Rows } from '../../database/row-store.js';
import { defineTable, text } from '../../database/table.js';

/** One row per thing said: the memory that says it. Of several, the one formed or reworded last. */
export const statementsTable = defineTable(
  'memory_statements',
  { userId: text(), statement: text(), memoryId: text() },
  { key: ['userId', 'statement'], standsAlone: true },
);

/** What of a memory is a statement. */
export interface Stated {
  type: string;
  content: string;
  context: string | null;
}

/** Say nothing of their own: with or without them a sentence is the same. */
const FILLERS: ReadonlySet<string> = new Set([
  'a',
  'an',
  'the',
  'actually',
  'also',
  'definitely',
  'just',
  'really',
  'very',
]);
/** Contractions that do not follow from their parts. */
const IRREGULAR: ReadonlyMap<string, string> = new Map([
  ["can't", 'can not'],
  ['cannot', 'can not'],
  ["won't", 'will not'],
  ["shan't", 'shall not'],
]);
const ENDINGS: ReadonlyMap<string, string> = new Map([
  ["n't", 'not'],
  ["'m", 'am'],
  ["'re", 'are'],
  ["'ve", 'have'],
  ["'ll", 'will'],
]);
/** Stand around a word without changing it. A question mark stays: a question is no statement. */
const AROUND: ReadonlySet<string> = new Set('.,;:!"\'()[]{}«»“”„…。，、！；：「」');
// oxlint-disable-next-line no-control-regex -- plain ASCII, the usual case, needs no normalization
const ASCII = /^[\x00-\x7f]*$/;
/** Characters of the key: 132 bits. */
const LENGTH = 22;

/**
 * Returns the key of what a memory says: the same for two memories of one type that say the same in the same
 * words in the same order. Case, spaces, punctuation at the edges of words, contractions, articles and a few
 * fillers do not matter; every other word does, so that another number, name, tense or a "not" gives another
 * key.
 */
export function statementKey(memory: Stated): string {
  const said = [memory.type, wordsOf(memory.content), wordsOf(memory.context ?? '')].join('\n');
  return hash('sha256', said, 'base64url').slice(0, LENGTH);
}

/** Keeps which memory says what, when one is formed, reworded or forgotten. */
export function followWords<Row extends Stated & { userId: string; memoryId: string }>(
  rows: Rows,
  before: Row | undefined,
  after: Row | undefined,
): void {
  if (before && after && isSame(before, after)) return;
  if (before) {
    const key = [before.userId, statementKey(before)] as const;
    if (rows.get(statementsTable, ...key)?.memoryId === before.memoryId) rows.remove(statementsTable, ...key);
  }
  if (!after) return;
  const { userId, memoryId } = after;
  rows.put(statementsTable, { userId, statement: statementKey(after), memoryId });
}

function isSame(a: Stated, b: Stated): boolean {
  return a.type === b.type && a.content === b.content && a.context === b.context;
}

function wordsOf(said: string): string {
  const plain = ASCII.test(said) ? said.toLowerCase() : foldedUnicode(said);
  const telling: string[] = [];
  for (const word of plain.split(/\s+/))
    for (const each of spelledOut(bare(word))) if (!FILLERS.has(each)) telling.push(each);
  // A text of nothing but fillers or punctuation is itself.
  return telling.length > 0 ? telling.join(' ') : plain.trim();
}

function foldedUnicode(said: string): string {
  return said.normalize('NFKC').toLowerCase().replaceAll(/[’ʼ]/g, "'");
}

/** The word without what stands around it; nothing if it is all that there is. */
function bare(word: string): string {
  let start = 0;
  let end = word.length;
  while (start < end && AROUND.has(word[start] as string)) start += 1;
  while (end > start && AROUND.has(word[end - 1] as string)) end -= 1;
  return word.slice(start, end);
}

function spelledOut(word: string): string[] {
  if (word === '') return [];
  if (!word.includes("'") && word !== 'cannot') return [word];
  const irregular = IRREGULAR.get(word);
  if (irregular !== undefined) return irregular.split(' ');
  for (const [ending, full] of ENDINGS)
    if (word.length > ending.length && word.endsWith(ending)) return [word.slice(0, -ending.length), full];
  return [word];
}
