import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { InvalidInput } from '../errors.js';
import type { CommandContext, ExpectedVersion } from '../writer/write-command.js';

const LONGEST_KEY = 255;

/** What the headers of a request say about its command. */
export const FromRequest = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  commandContext(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** Reads Idempotency-Key, If-Match and X-Correlation-Id; throws InvalidInput for one that cannot be used. */
export function commandContext({ headers, id }: FastifyRequest): CommandContext {
  const given = headers['x-correlation-id'] !== undefined;
  return {
    actor: 'api',
    commandId: given ? undefined : id,
    correlationId: given ? id : undefined,
    idempotencyKey: idempotencyKey(headers['idempotency-key']),
    expected: expectedVersion(headers['if-match'], headers['if-none-match']),
  };
}

function idempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  const key = String(header);
  if (key.length < 1 || key.length > LONGEST_KEY) {
    throw InvalidInput.field('Idempotency-Key', `must have 1 to ${LONGEST_KEY} characters`);
  }
  return key;
}

function expectedVersion(
  match: string | undefined,
  noneMatch: string | undefined,
): ExpectedVersion | undefined {
  if (noneMatch !== undefined && noneMatch.trim() === '*') return 'none';
  if (match === undefined) return undefined;
  if (match.trim() === '*') return 'exists';
  const version = /^(?:W\/)?"(\d{1,15})"$/.exec(match.trim())?.[1];
  if (version === undefined)
    throw InvalidInput.field('If-Match', 'must be a version in quotes, like "3", or *');
  return Number(version);
}
