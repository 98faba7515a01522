import { setTimeout as pause } from 'node:timers/promises';
import type { DatabaseAddress } from '../../store/database-address.js';
import { VACUUMED_TABLES, vacuumDatabase } from '../../store/postgresql/vacuum-database.js';

/** Erasures that follow one another within this time are vacuumed after together, ms. */
const TOGETHER_MS = 1_000;

/**
 * Vacuums the tables that erasures have removed data from, in the background, one vacuum at a time. Until then,
 * PostgreSQL has the removed data in dead rows. It does nothing in SQLite, which overwrites at once.
 */
export class Vacuums {
  private readonly waiting = new Set<string>();
  private readonly stopped = new AbortController();
  private readonly hurried = new AbortController();
  private running: Promise<void> | undefined;
  /** Called with the error of each vacuum that failed. It is not tried again: autovacuum comes by. */
  onFailed: ((error: unknown) => void) | undefined;

  constructor(private readonly address: DatabaseAddress) {}

  /** Has the tables vacuumed soon. */
  ask(tables: readonly string[]): void {
    if (tables.length === 0 || !('url' in this.address) || this.stopped.signal.aborted) return;
    for (const table of tables) this.waiting.add(table);
    this.running ??= this.run(this.address.url).finally(() => (this.running = undefined));
  }

  /** Waits for what was asked for, without the pause for erasures that might follow. */
  async ended(): Promise<void> {
    this.hurried.abort();
    await this.running;
  }

  /** Cancels the vacuum that runs. */
  async close(): Promise<void> {
    this.stopped.abort();
    await this.running;
  }

  private async run(url: string): Promise<void> {
    const { signal } = this.stopped;
    const woken = AbortSignal.any([signal, this.hurried.signal]);
    while (this.waiting.size > 0 && !signal.aborted) {
      await pause(TOGETHER_MS, undefined, { signal: woken }).catch(() => undefined);
      if (signal.aborted) return;
      const tables = VACUUMED_TABLES.filter(({ name }) => this.waiting.has(name));
      this.waiting.clear();
      try {
        await vacuumDatabase(url, { progress: () => undefined, signal }, tables);
      } catch (error) {
        if (!signal.aborted) this.onFailed?.(error);
      }
    }
  }
}
