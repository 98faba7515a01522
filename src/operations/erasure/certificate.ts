import { NotFound } from '../../errors.js';
import { userErased } from '../../events/erasure/user-erased.event.js';
import {
  erasureRecordsTable,
  type ErasureRecordRow,
  type RemovedByErasure,
} from '../../events/log/erasure/erasure-tables.js';
import { erasuresTable } from '../../events/log/erasure/erasure-tables.js';
import { GENESIS } from '../../events/log/event-hash.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import {
  certifiedCopies,
  copiesState,
  readFolderState,
  type CertifiedCopies,
  type FolderState,
} from './certified-copies.js';
import { verifyErasure, type ErasureVerification } from './verify-erasure.js';
import { withPrevious } from './with-previous.js';

/** A place in the log, with the hash of the event there. */
interface ChainPoint {
  position: number;
  /** 64 hex digits. */
  hash: string;
}

/** What is certified of an erasure; nothing of what was erased. */
export interface ErasureCertificate {
  erasureId: string;
  userId: string;
  /** Position of the event: everything of the user before it is erased. */
  position: number;
  /** ISO 8601, UTC. */
  erasedAt: string;
  /** Who erased. */
  actor: string;
  /**
   * `erasing` until the last of it is gone in the store; `copies-pending` while files of the backup folder may
   * have the person and are about to be rewritten or removed; `copies-unreachable` if some of them cannot be;
   * then `done`.
   */
  state: 'erasing' | 'copies-pending' | 'copies-unreachable' | 'done';
  /** When the last of it was gone in the store, ISO 8601, UTC; null before, and where no count was kept. */
  endedAt: string | null;
  /** How many events it erases. */
  events: number;
  /** What was removed so far; null for an erasure that was begun by a release without these counts. */
  removed: RemovedByErasure | null;
  /** The end of the log before the erasure, and the event that says so; both hashes stay. */
  chain: { before: ChainPoint; after: ChainPoint };
  /** Position after which the id is a new user's; null as long as nobody has it. */
  reopened: number | null;
  /** The copies in the backup folder, null if there is no folder; only in the certificate of one erasure. */
  copies?: CertifiedCopies | null;
  /** What a verification found, if one was asked for. */
  verification?: ErasureVerification;
}

/** Selects a page of erasures, newest first. */
export interface ErasureSelection {
  userId?: string | undefined;
  /** Only erasures before this position. */
  before?: number | undefined;
  limit: number;
  /** The backup folder. */
  folder: string;
}

/** Selects one certificate. */
export interface CertificateOrder {
  erasureId: string;
  /** The backup folder. */
  folder: string;
  /** Whether to verify it now. */
  verify?: boolean;
}

/** Returns the certificate of an erasure, verified now if that is asked for. Throws NotFound. */
export async function certificateOf(
  reader: StoreReader,
  { erasureId, folder, verify = false }: CertificateOrder,
): Promise<ErasureCertificate> {
  const [record] = await reader.rows(erasureRecordsTable, {
    filters: [['erasureId', '=', erasureId]],
    order: ['position'],
    limit: 1,
  });
  if (!record) throw new NotFound('erasure.not-found', `There is no erasure ${erasureId}.`);
  // Before the snapshot, which the database must not keep while files are read.
  const owing = await readFolderState(reader, folder);
  const certificate = await reader.snapshot(async () => ({
    ...(await certified(reader, record, owing)),
    copies: owing ? await certifiedCopies(reader, owing, erasureId) : null,
  }));
  if (!verify) return certificate;
  return { ...certificate, verification: await verifyErasure(reader, record) };
}

/** Returns the certificates of a page of erasures, newest first, without the names of copies. */
export async function certificatesOf(
  reader: StoreReader,
  { userId, before, limit, folder }: ErasureSelection,
): Promise<ErasureCertificate[]> {
  const owing = await readFolderState(reader, folder);
  return reader.snapshot(async () => {
    const records = await reader.rows(erasureRecordsTable, {
      filters: [
        ...(userId === undefined ? [] : [['userId', '=', userId] as const]),
        ...(before === undefined ? [] : [['position', '<', before] as const]),
      ],
      order: ['position'],
      descending: true,
      limit,
    });
    const certificates: ErasureCertificate[] = [];
    for (const record of records) certificates.push(await certified(reader, record, owing));
    return certificates;
  });
}

async function certified(
  reader: StoreReader,
  record: ErasureRecordRow,
  owing: FolderState | undefined,
): Promise<ErasureCertificate> {
  const { position, erasureId, userId, removed, endedAt } = record;
  const [before, event] = await withPrevious(reader, position);
  if (!event) throw new NotFound('erasure.not-found', `The log has no event of the erasure ${erasureId}.`);
  const [last] = await reader.rows(erasuresTable, {
    filters: [['userId', '=', userId]],
    order: ['userId'],
    limit: 1,
  });
  const isPending = last?.position === position && last.pending;
  return {
    erasureId,
    userId,
    position,
    erasedAt: new Date(event.recordedAt).toISOString(),
    actor: event.actor,
    state: isPending ? 'erasing' : copiesState(owing, erasureId),
    endedAt: endedAt === null ? null : new Date(endedAt).toISOString(),
    events: userErased.validate(JSON.parse(String(event.data))).events,
    removed,
    chain: {
      before: { position: position - 1, hash: before?.hash ?? GENESIS },
      after: { position, hash: event.hash },
    },
    reopened: last?.reopened ?? null,
  };
}
