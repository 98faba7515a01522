import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Reads } from '../../projections/reads/reads.js';
import { isoTime, resolveAsOf } from '../as-of.js';
import type { PositionAnswer } from './positions.dto.js';

/** Finds the position that a time names. Throws InvalidInput for a time in the future. */
export class GetPosition extends Query<PositionAnswer> {
  constructor(readonly at: string) {
    super();
  }
}

@QueryHandler(GetPosition)
export class GetPositionHandler implements IQueryHandler<GetPosition> {
  constructor(private readonly reads: Reads) {}

  async execute({ at }: GetPosition): Promise<PositionAnswer> {
    const { position, recordedAt } = await resolveAsOf(this.reads, at, 'at');
    return { position, recordedAt: isoTime(recordedAt) };
  }
}
