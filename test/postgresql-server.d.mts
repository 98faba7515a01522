export interface StartedPostgresql {
  url: string;
  /** The server's data directory. */
  dataDir: string;
  /** Creates an empty database and returns its URL. */
  createDatabase(): Promise<string>;
  /** Stops the server and keeps its data. */
  halt(): Promise<void>;
  resume(): Promise<void>;
  /** Stops the server and deletes its data. */
  stop(): Promise<void>;
}

export function startPostgresql(options?: { durable?: boolean; tls?: boolean }): Promise<StartedPostgresql>;
