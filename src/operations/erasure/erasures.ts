import type { UserErased } from '../../events/erasure/user-erased.event.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { KeptThread } from '../kept-thread.js';
import type { ErasureCertificate, ErasureSelection } from './certificate.js';
import { Vacuums } from './vacuums.js';

/**
 * Erases data in a thread beside the service: for each erasure that a request has begun, and for those that a
 * killed process or another one has left.
 */
export class Erasures {
  /** What comes after the erasures on PostgreSQL. */
  readonly vacuums: Vacuums;
  private readonly thread = new KeptThread();

  constructor(
    private readonly address: DatabaseAddress,
    /** The backup folder. */
    private readonly folder: string,
  ) {
    this.vacuums = new Vacuums(address);
  }

  /** Counts what an erasure of the user would erase now. */
  count(userId: string): Promise<UserErased> {
    return this.thread.next((thread) => thread.run('countErasedOf', { address: this.address, userId }));
  }

  /** Erases what is pending. One that a reader of the database holds up is finished by Upkeep. */
  async finish(): Promise<void> {
    this.vacuums.ask(await this.thread.next((thread) => thread.run('eraseData', this.address)));
  }

  /** Returns the certificate of an erasure, verified now if that is asked for. Throws NotFound. */
  certificate(erasureId: string, { verify }: { verify: boolean }): Promise<ErasureCertificate> {
    const { address, folder } = this;
    return this.thread.next((thread) =>
      thread.run('erasureCertificate', { address, order: { erasureId, folder, verify } }),
    );
  }

  /** Returns the certificates of a page of erasures, newest first. */
  certificates(selection: Omit<ErasureSelection, 'folder'>): Promise<ErasureCertificate[]> {
    const { address, folder } = this;
    return this.thread.next((thread) =>
      thread.run('erasureCertificates', { address, selection: { ...selection, folder } }),
    );
  }

  async close(): Promise<void> {
    await Promise.all([this.thread.close(), this.vacuums.close()]);
  }
}
