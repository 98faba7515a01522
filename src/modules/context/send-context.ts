import type { FastifyReply } from 'fastify';
import type { ContextFormat } from './context-format.js';

/** The header of a context with the id of its receipt. */
export const RECEIPT_HEADER = 'Edgesoul-Receipt';

/** Sets the headers of a context. */
export function sendContext(reply: FastifyReply, receiptId: string, format: ContextFormat): void {
  void reply.header(RECEIPT_HEADER, receiptId);
  if (format === 'text') void reply.type('text/plain; charset=utf-8');
}
