// Declares only what the benchmarks use, so that types can be checked without bench/node_modules.
declare module 'autocannon' {
  export interface Client {
    getRequestBuffer(): Buffer;
    on(event: 'headers', listener: (head: { statusCode: number }) => void): this;
    on(event: 'body', listener: (body: Buffer) => void): this;
  }
  interface Options {
    url: string;
    connections: number;
    duration: number;
    sampleInt: number;
    timeout: number;
    setupClient: (client: Client) => void;
  }
  interface Run extends PromiseLike<unknown> {
    on(
      event: 'response',
      listener: (client: Client, statusCode: number, bytes: number, latencyMs: number) => void,
    ): this;
    on(event: 'reqError', listener: (error: Error) => void): this;
  }
  export default function autocannon(options: Options): Run;
}

declare module '@event-driven-io/emmett-sqlite' {
  type Value = string | number | bigint | boolean | null | object;
  export interface SQLiteConnection {
    close(): void;
    command(sql: string, values?: Value[]): Promise<unknown>;
    querySingle<T>(sql: string, values?: Value[]): Promise<T | null>;
  }
  interface InlineProjection {
    name: string;
    canHandle: string[];
    init(options: { context: { connection: SQLiteConnection } }): Promise<void>;
    handle(
      events: { type: string; data: Record<string, unknown> }[],
      context: { connection: SQLiteConnection },
    ): Promise<void>;
  }
  interface StoreOptions {
    fileName: string;
    connectionOptions?: { singleton: true; connection: SQLiteConnection };
    projections?: { type: 'inline'; projection: InlineProjection }[];
  }
  export function sqliteConnection(options: { fileName: string }): SQLiteConnection;
  export function getSQLiteEventStore(options: StoreOptions): {
    appendToStream(
      stream: string,
      events: { type: string; data: Record<string, unknown> }[],
    ): Promise<unknown>;
    schema: { migrate(): Promise<void> };
  };
}
