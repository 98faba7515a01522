import { setTimeout as sleep } from 'node:timers/promises';
import type { FeedPage } from './answers.js';
import { commandOf, type SentCommand } from './load.js';

/** Clients that send their commands to any of several services, again under the same key until one acknowledges. */
export interface PatientClients {
  /** Every command sent so far, with its answer if one came. */
  readonly sent: SentCommand[];
  /** Answers that are neither a success nor one that may be retried. */
  readonly strange: string[];
  /** Acknowledged positions that another service did not know at once. */
  readonly unseen: number[];
  /** Waits until so many commands are acknowledged. */
  acknowledged(count: number): Promise<void>;
  /** Lets every client finish the command it is at. */
  stop(): Promise<void>;
}

const RETRY_MS = 50;
/** Every so many acknowledged commands of a client, another service is asked for the last one. */
const LOOK_EVERY = 5;

/** Starts the clients; `services` are asked in turn, whichever of them are up. See startLoad about pauses. */
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

  async function look(position: number): Promise<void> {
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
      if (i % LOOK_EVERY === 0 && command.acknowledged) await look(command.acknowledged.position);
      if (pauseMs > 0) await sleep(pauseMs);
    }
  }

  const clients = Promise.all(Array.from({ length: count }, (_, number) => client(number)));
  return {
    sent,
    strange,
    unseen,
    acknowledged: async (wanted) => {
      while (state.acknowledgements < wanted) await sleep(10);
    },
    stop: async () => {
      state.stopping = true;
      await clients;
    },
  };
}
