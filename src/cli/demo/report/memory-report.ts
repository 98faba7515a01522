import type { MemoryHit } from '../answers.js';
import { cut, localTime, paint, paintEmotion, subtitle, WIDTH } from './paint.js';
import { plainTable } from './plain-table.js';
import type { Answered, Portrait } from './portrait.js';
import { totalRecall, type Recall, type UserRecall } from './recall.js';

const TURNS_SHOWN = 3;
const EMOTIONS_SHOWN = 6;

/** The questions, and the memories that the service found for them. */
export function answersReport({ answers }: Portrait): string[] {
  if (answers.length === 0) return [];
  return [subtitle('What is remembered'), ...answers.flatMap(answerLines)];
}

function answerLines({ question, answer, hits }: Answered): string[] {
  return [
    `  ${paint('bold', `“${cut(question, WIDTH - 6)}”`)}`,
    ...(answer === undefined ? [] : [paint('gray', `    (${cut(answer, WIDTH - 6)})`)]),
    ...hits.map(hitLine),
    ...(hits.length === 0 ? [paint('gray', '     nothing found')] : []),
    ...(hits[0]?.explain ? [paint('gray', `     first: ${explanation(hits[0].explain)}`)] : []),
  ];
}

function hitLine(hit: MemoryHit & { right: boolean }): string {
  const mark = hit.right ? paint('green', '✓') : ' ';
  return `   ${mark} ${hit.score.toFixed(2).padStart(6)}  ${cut(hit.content, WIDTH - 15)}`;
}

function explanation(parts: Record<string, unknown>): string {
  return Object.entries(parts)
    .flatMap(([name, value]) =>
      typeof value === 'number' ? [`${name} ${Number(value.toPrecision(3))}`] : [],
    )
    .join(' · ');
}

/** The window that the chat service reads before each reply: the last turns, topics and emotions. */
export function windowReport({ conversation, profile }: Portrait): string[] {
  if (!conversation) return [];
  const { turns, topics, emotionTrajectory, sessionId } = conversation;
  const shown = turns.slice(-TURNS_SHOWN);
  const earlier = turns.length - shown.length;
  const state = conversation.ended ? 'ended' : 'open';
  return [
    subtitle('Conversation window') +
      paint('gray', `  session ${sessionId}, ${conversation.turnCount} turns, ${state}`),
    ...(earlier > 0 ? [paint('gray', `  … ${earlier} earlier turns`)] : []),
    ...shown.flatMap((turn) => [
      `  ${paint('gray', localTime(turn.occurredAt, profile.utcOffset))}  ${cut(turn.userMessage, WIDTH - 20)}`,
      ...reply(turn.assistantMessage),
    ]),
    ...labelled('topics', cut(topics.join(', '), WIDTH - 20)),
    ...labelled(
      'feeling',
      emotionTrajectory
        .slice(-EMOTIONS_SHOWN)
        .map(emotionName)
        .map((name) => paintEmotion(name, name))
        .join(' → '),
    ),
  ];
}

function reply(message: string): string[] {
  return message === '' ? [] : [`${' '.repeat(20)}${paint('cyan', `» ${cut(message, WIDTH - 22)}`)}`];
}

function labelled(label: string, text: string): string[] {
  return text === '' ? [] : [`  ${paint('gray', label.padEnd(16))}  ${text}`];
}

function emotionName(entry: unknown): string {
  if (typeof entry === 'string') return entry;
  const { label, emotion } = entry as { label?: string; emotion?: string };
  return label ?? emotion ?? '';
}

/** How much of the evidence the searches found: one line per user and one for all users. */
export function recallReport(users: UserRecall[]): string[] {
  if (users.length === 0) return [];
  return [
    subtitle('How much of the evidence is found') +
      paint('gray', '  share among the first 5, 10 and 20 hits'),
    ...plainTable(
      [
        { title: 'user' },
        { title: 'questions', align: 'right' },
        { title: 'recall@5', align: 'right' },
        { title: 'recall@10', align: 'right' },
        { title: 'recall@20', align: 'right' },
      ],
      [
        ...users.map((user) => recallRow(user.userId, user)),
        recallRow(paint('bold', 'all'), totalRecall(users)),
      ],
    ),
  ];
}

function recallRow(name: string, { questions, at5, at10, at20 }: Recall): (string | number)[] {
  return [name, questions, ...[at5, at10, at20].map((share) => share.toFixed(3))];
}
