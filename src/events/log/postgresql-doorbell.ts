import { setTimeout as sleep } from 'node:timers/promises';
import { escapeIdentifier, type Client } from 'pg';
import { openClient } from '../../database/postgresql/open-postgresql.js';
import type { Doorbell } from './doorbell.js';
import { readHead } from './postgresql-event-reader.js';

/** Channels belong to the whole database, a log to one schema; schema names may be longer than a channel's may be. */
const CHANNEL = `'edgesoul_' || md5(current_schema())`;

/** Tells every process, when the transaction commits, how far the log goes then. */
export const NOTIFY = { name: 'notify', text: `select pg_notify(${CHANNEL}, $1)` };

/** The pause before the connection is made anew, ms: doubled after every attempt that failed. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5_000;

/**
 * Rings the doorbell for what other processes commit, over one connection that does nothing but listen. When it breaks it
 * is made anew, and the head is looked at: what was missed meanwhile is rung then.
 */
export class PostgresqlDoorbell {
  private readonly stopping = new AbortController();
  private readonly listening: Promise<void>;
  private client: Client | undefined;

  constructor(
    private readonly url: string,
    private readonly doorbell: Doorbell,
  ) {
    this.listening = this.listen();
  }

  async close(): Promise<void> {
    this.stopping.abort();
    // Not client.end(), which waits for a server that has not yet answered, and may for ever.
    this.client?.connection.stream.destroy();
    await this.listening;
  }

  private async listen(): Promise<void> {
    let pause = FIRST_PAUSE;
    while (!this.stopping.signal.aborted) {
      const heard = await this.untilBroken().catch(() => false);
      pause = heard ? FIRST_PAUSE : Math.min(2 * pause, LONGEST_PAUSE);
      await sleep(pause, undefined, { signal: this.stopping.signal }).catch(nothing);
    }
  }

  /** Listens until the connection ends; true if it listened at all. */
  private async untilBroken(): Promise<boolean> {
    const client = openClient(this.url, 'listening');
    this.client = client;
    const ended = new Promise<boolean>((resolve) => client.once('end', () => resolve(true)));
    try {
      await client.connect();
      client.on('notification', ({ payload }) => this.doorbell.ring(Number(payload)));
      const { rows } = await client.query<{ channel: string }>(`select ${CHANNEL} as channel`);
      await client.query(`listen ${escapeIdentifier(rows[0]?.channel ?? '')}`);
      // Only now: what is committed after this look is notified.
      this.doorbell.ring((await readHead(client)).position);
      return await ended;
    } finally {
      await client.end().catch(nothing);
    }
  }
}

const nothing = (): void => undefined;
