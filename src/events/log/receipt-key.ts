import { hash } from 'node:crypto';

/** `batchIndex` of a receipt whose key the client gave to that one command. */
export const OWN_KEY = -1;

/** The columns that identify a receipt. */
export interface ReceiptId {
  userId: string;
  idempotencyKey: string;
  /** Index of the command in the batch that the key was given to; OWN_KEY for a command's own key. */
  batchIndex: number;
}

/** The order of receipts in a log of lines: by position, then by what identifies them. */
export const RECEIPT_ORDER = ['position', 'keyHash', 'userId', 'idempotencyKey', 'batchIndex'] as const;

/** The key of a receipt in its table. */
export type ReceiptKey = [userId: string, keyHash: number, idempotencyKey: string, batchIndex: number];

/** Returns the key of a receipt in its table. */
export function receiptKey(id: ReceiptId): ReceiptKey {
  return [id.userId, keyHash(id), id.idempotencyKey, id.batchIndex];
}

/**
 * Returns a signed 48-bit hash of what identifies a receipt: six bytes in an index where keys like UUIDs
 * would take fifty and a page for each. Receipts may share a hash, so their full keys are compared. A
 * migration of PostgreSQL computes the same in SQL.
 */
export function keyHash({ userId, idempotencyKey, batchIndex }: ReceiptId): number {
  // A user id contains no `/`.
  return hash('sha256', `${userId}/${batchIndex}/${idempotencyKey}`, 'buffer').readIntBE(0, 6);
}
