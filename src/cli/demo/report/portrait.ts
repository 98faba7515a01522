import { DAY_MS } from '../../../durations.js';
import type { Conversation, EmotionPattern, MemoryHit, Page, Profile, TrendPoint } from '../answers.js';
import type { DemoClient } from '../demo-client.js';
import type { Question, Script, ScriptUser } from '../scripts/demo-script.js';

/** A question with the service's best hits; `right` marks the hits that the question was written for. */
export interface Answered {
  question: string;
  answer?: string;
  hits: (MemoryHit & { right: boolean })[];
}

/** The sizes of a trend's buckets. */
export type Bucket = 'day' | 'week' | 'month';

/** What the service returns about one user after the script was played. */
export interface Portrait {
  userId: string;
  about?: string;
  profile: Profile;
  emotions: EmotionPattern[];
  trend: { bucket: Bucket; points: TrendPoint[] };
  answers: Answered[];
  conversation?: Conversation;
}

const QUESTIONS_SHOWN = 3;
const HITS_SHOWN = 3;

/** Reads everything that the report shows about a user. */
export async function readPortrait(
  client: DemoClient,
  user: ScriptUser,
  { sections }: Script,
): Promise<Portrait> {
  const path = userPath(user.userId);
  const profile = await client.get<Profile>(`${path}/profile`);
  const { items: emotions } = await client.get<Page<EmotionPattern>>(`${path}/emotions`);
  const bucket = bucketFor(emotions);
  const trend = await client.get<Page<TrendPoint>>(`${path}/emotions/trend?bucket=${bucket}`);
  const questions = user.questions
    .toSorted((a, b) => Number(b.measured) - Number(a.measured))
    .slice(0, QUESTIONS_SHOWN);
  const answers: Answered[] = [];
  for (const question of questions) answers.push(await ask(client, user.userId, question));
  return {
    userId: user.userId,
    ...(user.about !== undefined && { about: user.about }),
    profile,
    emotions: emotions.toSorted((a, b) => b.frequency - a.frequency),
    trend: { bucket, points: trend.items },
    answers,
    ...(sections.includes('window') && {
      conversation: await client.get<Conversation>(`${path}/conversation`),
    }),
  };
}

async function ask(client: DemoClient, userId: string, question: Question): Promise<Answered> {
  const hits = await search(client, userId, { q: question.question, limit: HITS_SHOWN, explain: true });
  return {
    question: question.question,
    ...(question.answer !== undefined && { answer: question.answer }),
    hits: hits.map((hit) => ({ ...hit, right: question.evidence.ids.includes(evidenceKey(hit, question)) })),
  };
}

/** The service's best hits for a question, best first. */
export async function search(
  client: DemoClient,
  userId: string,
  { q, limit, explain = false }: { q: string; limit: number; explain?: boolean },
): Promise<MemoryHit[]> {
  const query = new URLSearchParams({ q, limit: String(limit), explain: String(explain) });
  const { items } = await client.get<Page<MemoryHit>>(
    `${userPath(userId)}/memories/search?${query.toString()}`,
  );
  return items;
}

/** The id by which a hit is compared with the question's evidence. */
export function evidenceKey(hit: MemoryHit, { evidence }: Question): string {
  if (evidence.by === 'memory') return hit.memoryId;
  return evidence.by === 'session' ? (hit.context ?? '') : String(hit.metadata.turnId);
}

/** The path prefix of a user's resources. */
export function userPath(userId: string): string {
  return `/v1/users/${encodeURIComponent(userId)}`;
}

function bucketFor(emotions: EmotionPattern[]): Bucket {
  const first = Math.min(...emotions.map((emotion) => Date.parse(emotion.firstAt)));
  const last = Math.max(...emotions.map((emotion) => Date.parse(emotion.lastAt)));
  if (last - first <= 10 * DAY_MS) return 'day';
  return last - first <= 180 * DAY_MS ? 'week' : 'month';
}
