/**
 * A chat loop with a memory. Before each reply it asks the service what a model should know; after it, it
 * records the turn, what the reply used, and what is worth keeping.
 *
 *   npx node examples/chat-loop/chat-loop.ts mira http://127.0.0.1:3000
 *
 * The companion only follows a script: put your model in its place. chat_loop.py is the same in Python.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const [user = 'mira', service = 'http://127.0.0.1:3000'] = process.argv.slice(2);
const MAX_ATTEMPTS = 10;

interface Message {
  id: string;
  at: string;
  text: string;
  emotion?: object;
  reply: string;
  uses?: string[];
  remember?: object;
}

interface Script {
  name: string;
  timeZone: string;
  sessions: { id: string; messages: Message[] }[];
}

interface Context {
  /** What to put before the model, as its system prompt. */
  text: string;
  receipt: { receiptId: string; memories: { memoryId: string }[]; tokens: number; sha256: string };
}

/**
 * Sends a request until the service answers it. No answer does not mean that nothing happened: with the same
 * key, a command that was carried out before is not carried out again, and has the same answer.
 */
async function send<T>(method: string, path: string, body?: object, key?: string): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(service + path, {
      method,
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      ...(body && { body: JSON.stringify(body) }),
    }).catch(() => undefined);
    if (response?.ok) return (await response.json()) as T;
    if (response && response.status !== 503) throw new Error(await response.text());
    if (attempt === MAX_ATTEMPTS) throw new Error(`${service} does not answer.`);
    await sleep(1_000 * Number(response?.headers.get('retry-after') ?? 0.2 * attempt));
  }
}

/** Stands in for a model: a reply, and which of the memories it was given it used. */
function companion({ reply, uses = [] }: Message, { receipt }: Context): { reply: string; used: string[] } {
  const given = new Set(receipt.memories.map(({ memoryId }) => memoryId));
  return { reply, used: uses.filter((memoryId) => given.has(memoryId)) };
}

const base = `/v1/users/${encodeURIComponent(user)}`;

async function answer(message: Message, sessionId: string): Promise<void> {
  const { id, text, at: occurredAt, emotion, remember } = message;
  const query = new URLSearchParams({ q: text, sessionId, maxTokens: '800' }).toString();
  const context = await send<Context>('GET', `${base}/context?${query}`);
  const { reply, used } = companion(message, context);
  const { receiptId, tokens, sha256 } = context.receipt;
  console.log(`> ${text}\n  [${tokens} tokens of context, ${sha256}]\n${reply}\n`);

  // `learn` takes preferences, topics and triggers from the message.
  const turn = { sessionId, userMessage: text, assistantMessage: reply, emotion, occurredAt, learn: true };
  const { turnId } = await send<{ turnId: string }>('POST', `${base}/turns`, turn, `turn-${id}`);
  // The receipt renders this context again, and says where each memory was put before the model.
  await send('POST', `/v1/receipts/${receiptId}/used`, { turnId });
  if (used.length > 0) await send('POST', `${base}/recalls`, { memoryIds: used }, `recall-${id}`);
  if (remember) await send('POST', `${base}/memories`, { ...remember, occurredAt }, `memory-${id}`);
}

const file = new URL('conversation.json', import.meta.url);
const { name, timeZone, sessions } = JSON.parse(await readFile(file, 'utf8')) as Script;
await send('PATCH', `${base}/profile`, { name, timeZone });
for (const { id, messages } of sessions) {
  for (const message of messages) await answer(message, id);
  await send('POST', `${base}/sessions/${encodeURIComponent(id)}/end`);
}
