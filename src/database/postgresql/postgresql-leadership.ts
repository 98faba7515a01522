import { Client } from 'pg';

const TRY = `select pg_try_advisory_lock(hashtext('edgesoul backups'), hashtext(current_schema())) as mine`;

/** One of the processes that share the database; another one takes over when its connection ends. */
export class PostgresqlLeadership {
  private client: Client | undefined;
  private held = false;

  constructor(private readonly url: string) {}

  /** Whether this process is the one; tries to become it where nobody is. */
  async isMine(): Promise<boolean> {
    if (this.held) return true;
    try {
      const client = await this.connected();
      const { rows } = await client.query<{ mine: boolean }>(TRY);
      this.held = rows[0]?.mine === true;
    } catch {
      // The database is away: nobody is.
      this.lost();
    }
    return this.held;
  }

  async close(): Promise<void> {
    const { client } = this;
    this.lost();
    await client?.end().catch(() => undefined);
  }

  private async connected(): Promise<Client> {
    if (this.client) return this.client;
    const client = new Client({
      connectionString: this.url,
      application_name: 'edgesoul-store backups',
      keepAlive: true,
    });
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
