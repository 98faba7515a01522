import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchAnswer, StoredEvent } from './answers.js';
import { emotion, memory, minutesLater, turn } from './builders.js';

/** One command of the load. Its key is in its event, so that the log shows whether it was stored. */
export interface SentCommand {
  key: string;
  method: 'POST' | 'PATCH';
  path: string;
  body: Record<string, unknown>;
  /** The same command as an element of a batch. */
  inBatch: Record<string, unknown>;
  /** Whether it is sent in a batch rather than in a request of its own. */
  batched: boolean;
  /** The answer of the service; absent when none came. */
  acknowledged?: Acknowledgement;
}

export interface Acknowledgement {
  status: number;
  position: number;
}

/** One writer in four sends batches. */
const isBatchWriter = (writer: number): boolean => writer % 4 === 3;

interface Kind {
  command: string;
  method: 'POST' | 'PATCH';
  route: string;
  body(key: string, writer: number, occurredAt: string): Record<string, unknown>;
}

const TURN: Kind = {
  command: 'RecordTurn',
  method: 'POST',
  route: 'turns',
  body: (key, writer, occurredAt) => {
    const joy = { label: 'joy', intensity: 0.5, triggers: [key] };
    return turn({ sessionId: `session-${writer}`, userMessage: key, emotion: joy, occurredAt });
  },
};

const MEMORY: Kind = {
  command: 'FormMemory',
  method: 'POST',
  route: 'memories',
  body: (key, _writer, occurredAt) => memory({ content: key, occurredAt }),
};

const EMOTION: Kind = {
  command: 'ObserveEmotion',
  method: 'POST',
  route: 'emotions',
  body: (key, _writer, occurredAt) => emotion({ emotion: 'calm', triggers: [key], occurredAt }),
};

const PROFILE: Kind = {
  command: 'ChangeProfile',
  method: 'PATCH',
  route: 'profile',
  body: (key) => ({ name: key }),
};

/** The commands that a writer sends, over and over. */
const SEQUENCE = [TURN, MEMORY, TURN, EMOTION, TURN, PROFILE];

/** The n-th command of a writer. */
export function commandOf(round: number, writer: number, number: number): SentCommand {
  const key = `r${round}-w${writer}-n${number}`;
  const userId = `user-${writer % 5}`;
  const kind = SEQUENCE[number % SEQUENCE.length] ?? TURN;
  const body = kind.body(key, writer, minutesLater(number));
  return {
    key,
    method: kind.method,
    path: `/v1/users/${userId}/${kind.route}`,
    body,
    inBatch: { command: kind.command, userId, idempotencyKey: key, ...body },
    batched: isBatchWriter(writer),
  };
}

/** The key of a command, from the one event that carries it; undefined for its other events. */
export function keyOf({ type, data }: StoredEvent): string | undefined {
  switch (type) {
    case 'turn.recorded':
      return data.userMessage as string;
    case 'memory.formed':
      return data.content as string;
    case 'emotion.observed':
      return data.turnId === null ? (data.triggers as string[])[0] : undefined;
    case 'profile.changed':
      return (data.changes as { name: { to: string } }).name.to;
    default:
      return undefined;
  }
}

export interface Resent {
  status: number;
  position: number;
}

/** Sends the commands again, alone or in a batch as before; returns the answers in the same order. */
export async function resend(origin: string, commands: SentCommand[]): Promise<Resent[]> {
  const batched = commands.filter((command) => command.batched);
  const results: Resent[] = [];
  for (let start = 0; start < batched.length; start += 1000) {
    const response = await sendTogether(origin, batched.slice(start, start + 1000));
    const { results: batchResults } = (await response.json()) as BatchAnswer;
    results.push(...batchResults.map(({ status, body }) => ({ status, position: body?.position as number })));
  }
  const answers: Resent[] = [];
  for (const command of commands) {
    answers.push(command.batched ? (results.shift() as Resent) : await resendAlone(origin, command));
  }
  return answers;
}

async function resendAlone(origin: string, command: SentCommand): Promise<Resent> {
  const response = await sendAlone(origin, command);
  const { position } = (await response.json()) as { position: number };
  return { status: response.status, position };
}

function sendAlone(origin: string, { key, method, path, body }: SentCommand): Promise<Response> {
  return fetch(origin + path, {
    method,
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  });
}

function sendTogether(origin: string, commands: SentCommand[]): Promise<Response> {
  return fetch(`${origin}/v1/commands`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ commands: commands.map(({ inBatch }) => inBatch) }),
  });
}

export interface Load {
  /** Every command sent so far, with its answer if one came. */
  readonly sent: SentCommand[];
  /** Labels of answers that broke off after their start. */
  readonly brokenOff: string[];
  /** Waits until so many commands are acknowledged. */
  acknowledged(count: number): Promise<void>;
  /** Waits until every writer has stopped because the service is gone. */
  ended(): Promise<void>;
}

const COMMANDS_PER_BATCH = 5;

/**
 * Starts writers that send one command, or one batch, after another until the service is gone. `pauseMs` is
 * for tests that wait for time and not for commands: it keeps the log that they restore and audit small.
 */
export function startLoad(origin: string, round: number, { writers = 16, pauseMs = 0 } = {}): Load {
  const sent: SentCommand[] = [];
  const cut: string[] = [];
  let count = 0;
  const waiting: { count: number; resolve: () => void }[] = [];

  function acknowledge(command: SentCommand, status: number, position: unknown): void {
    command.acknowledged = { status, position: position as number };
    count++;
    for (const wait of waiting) if (count >= wait.count) wait.resolve();
  }

  async function answerTo(response: Response, label: string): Promise<string> {
    try {
      return await response.text();
    } catch (error) {
      cut.push(label);
      throw error;
    }
  }

  async function alone(command: SentCommand): Promise<void> {
    sent.push(command);
    const response = await sendAlone(origin, command);
    const text = await answerTo(response, command.key);
    if (response.ok)
      acknowledge(command, response.status, (JSON.parse(text) as { position: number }).position);
  }

  async function together(commands: SentCommand[]): Promise<void> {
    sent.push(...commands);
    const response = await sendTogether(origin, commands);
    const text = await answerTo(response, `batch of ${commands[0]?.key}`);
    if (!response.ok) return;
    const { results } = JSON.parse(text) as BatchAnswer;
    for (const [index, { status, body }] of results.entries()) {
      const command = commands[index];
      if (command && status < 300) acknowledge(command, status, body?.position);
    }
  }

  async function write(writer: number): Promise<void> {
    for (let number = 0; ;) {
      try {
        if (isBatchWriter(writer)) {
          const commands = Array.from({ length: COMMANDS_PER_BATCH }, (_, index) =>
            commandOf(round, writer, number + index),
          );
          number += COMMANDS_PER_BATCH;
          await together(commands);
        } else {
          await alone(commandOf(round, writer, number++));
        }
        if (pauseMs > 0) await sleep(pauseMs);
      } catch {
        return; // the service is gone
      }
    }
  }

  const all = Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  return {
    sent,
    brokenOff: cut,
    acknowledged: (wanted) =>
      count >= wanted
        ? Promise.resolve()
        : Promise.race([
            new Promise<void>((resolve) => waiting.push({ count: wanted, resolve })),
            all.then(() => {
              throw new Error(`The service was gone after ${count} acknowledged commands.`);
            }),
          ]),
    ended: async () => {
      await all;
    },
  };
}
