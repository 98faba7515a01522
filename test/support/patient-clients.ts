import { setTimeout as sleep } from 'node:timers/promises';
import type { FeedPage } from './answers.js';
import { commandOf, type SentCommand } from './load.js';

/** Clients that retry each command with the same key at any of several services until one acknowledges it. */
export interface PatientClients {
  /** Every command sent so far, with its answer if there is one. */
  readonly sent: SentCommand[];
  /** Answers that are neither a success nor retryable. */
  readonly unexpected: string[];
  /** Acknowledged positions that another service did not return at once. */
  readonly notVisible: number[];
  /** Waits until so many commands are acknowledged. */
  acknowledged(count: number): Promise<void>;
  /** Waits until every client has finished its present command. */
  stop(): Promise<void>;
}

const RETRY_MS = 50;
/** After every so many commands of a client, another service is asked for the last one. */
const COMMANDS_PER_CHECK = 5;

/** Starts the clients; they send to the URLs of `services` in turn. `pauseMs` is as in startLoad. */
export function startPatientClients(
  services: () => string[],
  round: number,
  { count = 64, pauseMs = 0 } = {},
): PatientClients {
  const sent: SentCommand[] = [];
  const strange: string[] = [];
  const unseen: number[] = [];
  const state = { stopping: false, acknowledgements: 0 };
  let turn = 0;

  const next = () => {
    const urls = services();
    return urls[turn++ % urls.length] as string;
  };

  async function attempt(command: SentCommand): Promise<boolean> {
    try {
      const response = await fetch(next() + command.path, {
        method: command.method,
        headers: { 'content-type': 'application/json', 'idempotency-key': command.key },
        body: JSON.stringify(command.body),
        signal: AbortSignal.timeout(30_000),
      });
      const text = await response.text();
      if (response.ok) {
        const { position } = JSON.parse(text) as { position: number };
        command.acknowledged = { status: response.status, position };
      } else if (response.status !== 503) {
        strange.push(`${response.status} ${text}`);
        return true;
      }
      return response.ok;
    } catch {
      return false; // killed, or restarting
    }
  }

  async function checkVisible(position: number): Promise<void> {
    try {
      const response = await fetch(`${next()}/v1/events?after=${position - 1}&limit=1`);
      if (!response.ok) return;
      const { items } = (await response.json()) as FeedPage;
      if (items[0]?.position !== position) unseen.push(position);
    } catch {
      // killed, or restarting
    }
  }

  async function client(number: number): Promise<void> {
    for (let i = 0; !state.stopping; i++) {
      const command = commandOf(round, number, i);
      sent.push(command);
      while (!(await attempt(command))) await sleep(RETRY_MS);
      state.acknowledgements++;
      if (i % COMMANDS_PER_CHECK === 0 && command.acknowledged)
        await checkVisible(command.acknowledged.position);
      if (pauseMs > 0) await sleep(pauseMs);
    }
  }

  const clients = Promise.all(Array.from({ length: count }, (_, number) => client(number)));
  return {
    sent,
    unexpected: strange,
    notVisible: unseen,
    acknowledged: async (wanted) => {
      while (state.acknowledgements < wanted) await sleep(10);
    },
    stop: async () => {
      state.stopping = true;
      await clients;
    },
  };
}
