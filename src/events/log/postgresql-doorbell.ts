import { setTimeout as sleep } from 'node:timers/promises';
import { escapeIdentifier, type Client } from 'pg';
import { openClient } from '../../database/postgresql/open-postgresql.js';
import type { Doorbell } from './doorbell.js';
import { readHead } from './postgresql-event-reader.js';

/**
 * A channel belongs to the whole database, a log to one schema. A schema's name may be too long: so hashed.
 */
const CHANNEL = `'edgesoul_' || md5(current_schema())`;

/** Notifies every process of the head position when the transaction commits. */
export const NOTIFY = { name: 'notify', text: `select pg_notify(${CHANNEL}, $1)` };

/** First pause before a reconnect, ms; it doubles after every failed attempt, up to MAX_PAUSE_MS. */
const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 5_000;

/**
 * Rings the doorbell for the commits of other processes, over a connection that only listens. When the
 * connection breaks, it reconnects and rings with the current head, so that no commit is missed.
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
    // Not client.end(): it may wait for ever for a server that does not answer.
    this.client?.connection.stream.destroy();
    await this.listening;
  }

  private async listen(): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    while (!this.stopping.signal.aborted) {
      const listened = await this.untilBroken().catch(() => false);
      pause = listened ? FIRST_PAUSE_MS : Math.min(2 * pause, MAX_PAUSE_MS);
      await sleep(pause, undefined, { signal: this.stopping.signal }).catch(nothing);
    }
  }

  /** Listens until the connection ends and resolves to true; rejects when it cannot begin to listen. */
  private async untilBroken(): Promise<boolean> {
    const client = openClient(this.url, 'listening');
    this.client = client;
    const ended = new Promise<boolean>((resolve) => client.once('end', () => resolve(true)));
    try {
      await client.connect();
      client.on('notification', ({ payload }) => this.doorbell.ring(Number(payload)));
      const { rows } = await client.query<{ channel: string }>(`select ${CHANNEL} as channel`);
      await client.query(`listen ${escapeIdentifier(rows[0]?.channel ?? '')}`);
      // Only after LISTEN: every commit after this read is notified.
      this.doorbell.ring((await readHead(client)).position);
      return await ended;
    } finally {
      await client.end().catch(nothing);
    }
  }
}

const nothing = (): void => undefined;
