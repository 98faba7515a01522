import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../../store/keys/access-key.js';
import { AccessRefusal } from './access-refusal.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose key the request has; null where none is asked for. */
    caller: Caller | null;
  }
}

/** Injects whose key the request has; null where none is asked for. */
export const FromCaller = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<FastifyRequest>().caller,
);

/** Throws AccessRefusal unless the caller's key is for the user. */
export function refuseOtherUser(caller: Caller | null, userId: string): void {
  if (caller?.isFor(userId) === false) throw AccessRefusal.user();
}
