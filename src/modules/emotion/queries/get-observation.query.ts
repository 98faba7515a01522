import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { emotionObservationsTable } from '../../../projections/emotion-trend.projection.js';
import { UserReads } from '../../../projections/reads/reads.js';
import { UserLog } from '../../user-log.js';
import { observationAnswer } from '../observations/observation-answer.js';
import { observationUnknown } from '../observations/observation-errors.js';
import type { ObservationAnswer } from '../observations/observations.dto.js';

/** Reads one observation by the id of its event. Throws NotFound. */
export class GetObservation extends Query<ObservationAnswer> {
  constructor(
    readonly userId: string,
    readonly eventId: string,
  ) {
    super();
  }
}

@QueryHandler(GetObservation)
export class GetObservationHandler implements IQueryHandler<GetObservation> {
  constructor(
    private readonly reads: UserReads,
    private readonly log: UserLog,
  ) {}

  async execute({ userId, eventId }: GetObservation): Promise<ObservationAnswer> {
    const { head: upTo } = await this.reads.storeHead();
    const event = await this.log.observed(userId, eventId, upTo);
    if (!event) throw observationUnknown(eventId);
    const key = [userId, Date.parse(event.occurredAt), event.position] as const;
    if (!(await this.reads.get(emotionObservationsTable, ...key)))
      throw observationUnknown(eventId, event.retracted);
    return observationAnswer(event);
  }
}
