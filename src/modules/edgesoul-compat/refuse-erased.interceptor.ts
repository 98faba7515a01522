import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Reads } from '../../projections/reads/reads.js';
import { checkNotErased } from '../user-read.js';

/**
 * Answers nothing of an erased user: 404 instead of the original's defaults for one who is unknown. Rows may
 * be left for a while.
 */
@Injectable()
export class RefuseErased implements NestInterceptor {
  constructor(private readonly reads: Reads) {}

  async intercept(context: ExecutionContext, next: CallHandler) {
    const { params, body } = context.switchToHttp().getRequest<FastifyRequest>();
    const userId = (params as { userId?: string }).userId ?? (body as { user_id?: unknown })?.user_id;
    if (typeof userId === 'string') checkNotErased(userId, await this.reads.lastPositions(userId));
    return next.handle();
  }
}
