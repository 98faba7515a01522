import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Filter } from '../../../database/row-store.js';
import { label } from '../../../events/labels.js';
import { emotionObservationsTable } from '../../../projections/emotion-trend.projection.js';
import { UserReads } from '../../../projections/reads/reads.js';
import { cursors } from '../../page-cursor.js';
import { rangeFilters } from '../../time-range.js';
import { UserLog } from '../../user-log.js';
import { observationAnswer } from '../observations/observation-answer.js';
import type { ListObservationsQuery, ObservationPageAnswer } from '../observations/observations.dto.js';

/** Reads a page of a user's observed emotions, the one that was felt last first. */
export class ListObservations extends Query<ObservationPageAnswer> {
  constructor(
    readonly userId: string,
    readonly query: ListObservationsQuery,
  ) {
    super();
  }
}

@QueryHandler(ListObservations)
export class ListObservationsHandler implements IQueryHandler<ListObservations> {
  constructor(
    private readonly reads: UserReads,
    private readonly log: UserLog,
  ) {}

  async execute({ userId, query }: ListObservations): Promise<ObservationPageAnswer> {
    const limit = query.limit ?? 20;
    const { asOf } = this.reads;
    const { storeId, head } = await this.reads.storeHead();
    const scope = { storeId, head, asOf, route: 'observations', userId, filters: query };
    const { encode, decode } = cursors(scope);
    const rows = await this.reads.list(emotionObservationsTable, {
      filters: filters(userId, query),
      order: ['occurredAt', 'position'],
      descending: true,
      ...(query.cursor === undefined ? {} : { after: decode(query.cursor, ['integer', 'integer']) }),
      // One extra row shows whether there is a next page.
      limit: limit + 1,
    });
    const page = rows.slice(0, limit);
    const events = await this.log.at(
      userId,
      'emotion.observed',
      page.map(({ position }) => position),
    );
    const last = page.at(-1);
    return {
      items: page.flatMap(({ position }) => {
        const event = events.get(position);
        return event ? [observationAnswer(event)] : [];
      }),
      nextCursor: last && rows.length > limit ? encode([last.occurredAt, last.position]) : null,
    };
  }
}

function filters(userId: string, { emotion, ...times }: ListObservationsQuery): Filter[] {
  const list: Filter[] = [['userId', '=', userId], ...rangeFilters('occurredAt', times)];
  if (emotion !== undefined) list.push(['emotion', '=', label(emotion)]);
  return list;
}
