export interface StartedPostgresql {
  url: string;
  /** Where its files are. */
  dataDir: string;
  /** The address of a new, empty database. */
  createDatabase(): Promise<string>;
  halt(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

export function startPostgresql(options?: { durable?: boolean; tls?: boolean }): Promise<StartedPostgresql>;
