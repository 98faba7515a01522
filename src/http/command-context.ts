import './access/caller.js';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { InvalidInput } from '../errors.js';
import { ACTORS } from '../events/actors.js';
import type { CommandContext, ExpectedVersion } from '../writer/write-command.js';
import { headerText } from './body/text-of-bytes.js';

const MAX_KEY_CHARACTERS = 255;

/** Injects the command context that the request's headers define. */
export const FromRequest = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  commandContext(context.switchToHttp().getRequest<FastifyRequest>()),
);

/**
 * Reads Idempotency-Key, If-Match, If-None-Match and X-Correlation-Id. Throws InvalidInput for a malformed
 * Idempotency-Key, If-Match or If-None-Match.
 */
export function commandContext({ headers, id, caller }: FastifyRequest): CommandContext {
  // The server takes X-Correlation-Id as the id of the request when the client sends one.
  const hasCorrelationId = headers['x-correlation-id'] !== undefined;
  return {
    actor: caller?.name ?? ACTORS.anybody,
    commandId: hasCorrelationId ? undefined : id,
    correlationId: hasCorrelationId ? id : undefined,
    idempotencyKey: idempotencyKey(headers['idempotency-key']),
    expected: expectedVersion(headers['if-match'], headers['if-none-match']),
  };
}

function idempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  const key = headerText(String(header));
  if (key.length < 1 || key.length > MAX_KEY_CHARACTERS) {
    throw InvalidInput.field('Idempotency-Key', `must have 1 to ${MAX_KEY_CHARACTERS} characters`);
  }
  return key;
}

function expectedVersion(
  match: string | undefined,
  noneMatch: string | undefined,
): ExpectedVersion | undefined {
  if (noneMatch !== undefined) {
    if (noneMatch.trim() !== '*') throw InvalidInput.field('If-None-Match', 'must be *');
    if (match !== undefined) throw InvalidInput.field('If-None-Match', 'must not be sent with If-Match');
    return 'none';
  }
  if (match === undefined) return undefined;
  if (match.trim() === '*') return 'exists';
  const version = /^(?:W\/)?"(\d{1,15})"$/.exec(match.trim())?.[1];
  if (version === undefined)
    throw InvalidInput.field('If-Match', 'must be a version in quotes, like "3", or *');
  return Number(version);
}
