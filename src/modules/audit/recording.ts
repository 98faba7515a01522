import type { PersonReads } from '../../store/audit/person-reads.js';

/** Whether this service records the reads of persons. */
export class Recording {
  constructor(private readonly reads: PersonReads | undefined) {}

  get isOn(): boolean {
    return this.reads !== undefined;
  }

  /** Writes what is noted. */
  async close(): Promise<void> {
    await this.reads?.close();
  }
}
