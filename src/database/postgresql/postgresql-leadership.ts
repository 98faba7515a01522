import type { Client } from 'pg';
import { openClient } from './open-postgresql.js';

const TRY = `select pg_try_advisory_lock(hashtext('edgesoul backups'), hashtext(current_schema())) as mine`;
/** Over the session that took the lock: when it answers, the lock is held. */
const ASK = 'select 1';

/** One of the processes that share the database; another one takes over when its connection ends. */
export class PostgresqlLeadership {
  private client: Client | undefined;
  private held = false;

  constructor(private readonly url: string) {}

  /** Whether this process is the one; tries to become it where nobody is. */
  async isMine(): Promise<boolean> {
    try {
      const client = await this.connected();
      if (this.held) await client.query(ASK);
      else this.held = (await client.query<{ mine: boolean }>(TRY)).rows[0]?.mine === true;
      return this.client === client && this.held;
    } catch {
      // The database is away: nobody is.
      await this.close();
      return false;
    }
  }

  async close(): Promise<void> {
    const { client } = this;
    this.lost();
    await client?.end().catch(() => undefined);
  }

  private async connected(): Promise<Client> {
    if (this.client) return this.client;
    const client = openClient(this.url, 'backups');
    this.client = client;
    const lost = () => {
      if (this.client === client) this.lost();
    };
    client.on('error', lost);
    client.on('end', lost);
    await client.connect();
    return client;
  }

  private lost(): void {
    this.client = undefined;
    this.held = false;
  }
}
