import type { FastifyReply } from 'fastify';
import type { Written } from '../writer/write-command.js';

/** Sends a command's answer as it was written: a replay repeats the first answer, byte for byte. */
export function sendWritten(reply: FastifyReply, { status, body, replayed }: Written): void {
  if (replayed) void reply.header('idempotency-replayed', 'true');
  void reply.code(status).type('application/json; charset=utf-8').send(body);
}
