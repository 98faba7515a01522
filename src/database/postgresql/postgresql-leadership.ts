import type { Client } from 'pg';
import { openClient } from './open-postgresql.js';

const TRY_LOCK = `select pg_try_advisory_lock(hashtext('edgesoul backups'), hashtext(current_schema())) as mine`;
/** Sent over the session that acquired the lock: while the session answers, the lock is held. */
const PING = 'select 1';

/** Elects a leader among the processes that share a database; another takes over when its connection ends. */
export class PostgresqlLeadership {
  private client: Client | undefined;
  private held = false;

  constructor(private readonly url: string) {}

  /** Whether this process is the leader; tries to become the leader when there is none. */
  async isLeader(): Promise<boolean> {
    try {
      const client = await this.connected();
      if (this.held) await client.query(PING);
      else this.held = (await client.query<{ mine: boolean }>(TRY_LOCK)).rows[0]?.mine === true;
      return this.client === client && this.held;
    } catch {
      // Without the database there is no leader.
      await this.close();
      return false;
    }
  }

  async close(): Promise<void> {
    const { client } = this;
    this.reset();
    await client?.end().catch(() => undefined);
  }

  private async connected(): Promise<Client> {
    if (this.client) return this.client;
    const client = openClient(this.url, 'backups');
    this.client = client;
    const onLost = () => {
      if (this.client === client) this.reset();
    };
    client.on('error', onLost);
    client.on('end', onLost);
    await client.connect();
    return client;
  }

  private reset(): void {
    this.client = undefined;
    this.held = false;
  }
}
