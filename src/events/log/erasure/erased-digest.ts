import { hash } from 'node:crypto';
import { GENESIS } from '../event-hash.js';

/**
 * Covers a user's erased events that never had a seal, in the order of their positions: of each the hash that
 * it has, and the hash that its envelope has now, without data. So a later change of the envelope shows.
 */
export class ErasedDigest {
  events = 0;
  /** 64 hex digits. */
  digest = GENESIS;

  add({ hash: stored }: { hash: string }, withoutData: string): void {
    this.digest = hash('sha256', `${this.digest}${stored}${withoutData}`, 'hex');
    this.events++;
  }
}
