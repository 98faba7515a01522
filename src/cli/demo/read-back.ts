import type { EmotionPattern, FeedEvent, FeedPage, Memory, Page } from './answers.js';
import type { DemoClient } from './demo-client.js';
import { userPath } from './report/portrait.js';
import type { Script, ScriptUser } from './scripts/demo-script.js';

/** How many items were sent, and how many of them came back unchanged. */
export interface ReadBack {
  sent: number;
  found: number;
}

/** What was sent, compared with what the log and the projections return. */
export interface ReadBacks {
  turns: ReadBack;
  memories: ReadBack;
  emotions: ReadBack;
}

const EVENTS_PER_PAGE = 1000;

/** Yields every event of the log, page by page. */
export async function* allEvents(client: DemoClient): AsyncGenerator<FeedEvent> {
  let after = 0;
  for (;;) {
    const page: FeedPage = await client.get(`/v1/events?after=${after}&limit=${EVENTS_PER_PAGE}`);
    yield* page.items;
    if (page.items.length === 0 || page.nextAfter >= page.head) return;
    after = page.nextAfter;
  }
}

/** Reads back everything that the script sent, and counts what is unchanged. */
export async function readBack(client: DemoClient, script: Script): Promise<ReadBacks> {
  const turns = script.users.flatMap(turnsSent);
  const recorded = new Set<string>();
  for await (const { type, userId, data } of allEvents(client)) {
    if (type !== 'turn.recorded') continue;
    recorded.add(fingerprint(userId, data.sessionId, data.userMessage, data.assistantMessage));
  }
  const result: ReadBacks = {
    turns: { sent: turns.length, found: turns.filter((turn) => recorded.has(turn)).length },
    memories: { sent: 0, found: 0 },
    emotions: { sent: 0, found: 0 },
  };
  for (const user of script.users) {
    const sent = memoriesSent(user);
    result.memories.sent += sent.size;
    result.memories.found += await memoriesFound(client, user.userId, sent);
    result.emotions.sent += emotionsSent(user);
    result.emotions.found += await emotionsFound(client, user.userId);
  }
  return result;
}

/** The memories that exist after a user's commands, by id: formed, perhaps revised, and not forgotten. */
export function memoriesSent({ commands }: ScriptUser): Map<string, string> {
  const sent = new Map<string, string>();
  for (const command of commands) {
    if (command.command === 'FormMemory') sent.set(command.memoryId, command.content);
    if (command.command === 'ReviseMemory' && command.content) sent.set(command.memoryId, command.content);
    if (command.command === 'ForgetMemory') sent.delete(command.memoryId);
  }
  return sent;
}

async function memoriesFound(client: DemoClient, userId: string, sent: Map<string, string>): Promise<number> {
  let found = 0;
  for await (const { memoryId, content } of client.items<Memory>(`${userPath(userId)}/memories`)) {
    if (sent.get(memoryId) === content) found += 1;
  }
  return found;
}

function emotionsSent({ commands }: ScriptUser): number {
  return commands.filter(
    (command) =>
      command.command === 'ObserveEmotion' || (command.command === 'RecordTurn' && command.emotion),
  ).length;
}

async function emotionsFound(client: DemoClient, userId: string): Promise<number> {
  const { items } = await client.get<Page<EmotionPattern>>(`${userPath(userId)}/emotions`);
  return items.reduce((sum, emotion) => sum + emotion.frequency, 0);
}

function turnsSent({ userId, commands }: ScriptUser): string[] {
  return commands.flatMap((command) =>
    command.command === 'RecordTurn'
      ? [fingerprint(userId, command.sessionId, command.userMessage, command.assistantMessage)]
      : [],
  );
}

function fingerprint(...fields: unknown[]): string {
  return JSON.stringify(fields);
}
