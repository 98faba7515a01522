import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { NotFound } from '../../errors.js';
import { UserReads } from '../../projections/reads/reads.js';
import { PastReads } from '../../store/past-reads.js';
import type { TimelineAnswer } from './timeline.dto.js';

/** Reads the positions at which a user changed. Throws NotFound for an unknown user. */
export class GetTimeline extends Query<TimelineAnswer> {
  constructor(readonly userId: string) {
    super();
  }
}

@QueryHandler(GetTimeline)
export class GetTimelineHandler implements IQueryHandler<GetTimeline> {
  constructor(
    private readonly reads: UserReads,
    private readonly past: PastReads,
  ) {}

  async execute({ userId }: GetTimeline): Promise<TimelineAnswer> {
    const { head } = await this.reads.storeHead();
    const { first, last, marks } = await this.past.timeline(userId, head);
    if (first === null || last === null) throw NotFound.user(userId);
    return {
      first,
      last,
      marks: marks.map((mark) => ({ ...mark, recordedAt: new Date(mark.recordedAt).toISOString() })),
    };
  }
}
