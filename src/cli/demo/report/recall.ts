import { eachAtMost } from '../concurrency.js';
import type { DemoClient } from '../demo-client.js';
import type { Question, ScriptUser } from '../scripts/demo-script.js';
import { evidenceKey, search } from './portrait.js';

/** The share (0..1) of the evidence among the first 5, 10 and 20 hits: the mean over the questions. */
export interface Recall {
  questions: number;
  at5: number;
  at10: number;
  at20: number;
}

/** The recall of one user's questions. */
export interface UserRecall extends Recall {
  userId: string;
}

const SEARCHES_AT_ONCE = 8;
const MAX_RANK = 20;

/** Asks every measured question and compares the hits with its evidence. */
export async function measureRecall(
  client: DemoClient,
  users: ScriptUser[],
  advance: () => void,
): Promise<UserRecall[]> {
  const sharesByUser = new Map<string, number[][]>();
  const questions = users.flatMap(({ userId, questions: own }) =>
    own.filter((question) => question.measured).map((question) => ({ userId, question })),
  );
  await eachAtMost(SEARCHES_AT_ONCE, questions, async ({ userId, question }) => {
    const hits = await search(client, userId, { q: question.question, limit: MAX_RANK });
    const keys = hits.map((hit) => evidenceKey(hit, question));
    const shares = [5, 10, MAX_RANK].map((depth) => shareFound(question, keys.slice(0, depth)));
    sharesByUser.set(userId, [...(sharesByUser.get(userId) ?? []), shares]);
    advance();
  });
  return [...sharesByUser]
    .map(([userId, shares]) => ({ userId, ...meanOf(shares) }))
    .toSorted((a, b) => a.userId.localeCompare(b.userId));
}

/** The recall over the questions of all users. */
export function totalRecall(users: UserRecall[]): Recall {
  const questions = users.reduce((sum, user) => sum + user.questions, 0);
  const mean = (share: (user: Recall) => number) =>
    users.reduce((sum, user) => sum + share(user) * user.questions, 0) / questions;
  return {
    questions,
    at5: mean((user) => user.at5),
    at10: mean((user) => user.at10),
    at20: mean((user) => user.at20),
  };
}

/** The share of a question's evidence that is among the keys of its hits. */
export function shareFound({ evidence }: Question, keys: string[]): number {
  const wanted = new Set(evidence.ids);
  return [...wanted].filter((id) => keys.includes(id)).length / wanted.size;
}

function meanOf(shares: number[][]): Recall {
  const mean = (n: number) => shares.reduce((sum, share) => sum + (share[n] ?? 0), 0) / shares.length;
  return { questions: shares.length, at5: mean(0), at10: mean(1), at20: mean(2) };
}
