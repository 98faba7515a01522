import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { NotFound } from '../../../errors.js';
import { retractionsTable, type RetractionRow } from '../../../events/log/retraction/retraction-tables.js';
import type { EventsRetracted } from '../../../events/retraction/events-retracted.event.js';
import { profilesTable } from '../../../projections/current-profile.projection.js';
import { Reads, UserReads } from '../../../projections/reads/reads.js';
import type { UserListQuery } from '../../list-query.dto.js';
import { cursors } from '../../page-cursor.js';
import type { RetractionAnswer, RetractionPageAnswer } from '../retraction.dto.js';

/** Reads a page of a user's retractions, newest first. Throws NotFound for an unknown user. */
export class ListRetractions extends Query<RetractionPageAnswer> {
  constructor(
    readonly userId: string,
    readonly query: UserListQuery,
  ) {
    super();
  }
}

@QueryHandler(ListRetractions)
export class ListRetractionsHandler implements IQueryHandler<ListRetractions> {
  constructor(
    private readonly reads: UserReads,
    private readonly log: Reads,
  ) {}

  async execute({ userId, query }: ListRetractions): Promise<RetractionPageAnswer> {
    if (!(await this.reads.get(profilesTable, userId))) throw NotFound.user(userId);
    const limit = query.limit ?? 20;
    const { storeId, head } = await this.reads.storeHead();
    const { asOf } = this.reads;
    const { encode, decode } = cursors({ storeId, head, asOf, route: 'retractions', userId });
    // The table is of the log and has all positions, so the past is a part of it.
    const rows = await this.log.list(retractionsTable, {
      filters: [
        ['userId', '=', userId],
        ['position', '<=', head],
      ],
      order: ['position'],
      descending: true,
      ...(query.cursor === undefined ? {} : { after: decode(query.cursor, ['integer']) }),
      // One extra row shows whether there is a next page.
      limit: limit + 1,
    });
    const page = rows.slice(0, limit);
    const items = await Promise.all(page.map((row) => this.retraction(row, head)));
    const last = page.at(-1);
    return { items, nextCursor: last && rows.length > limit ? encode([last.position]) : null };
  }

  private async retraction(
    { userId, position, retractionId, restoredAt, erasure }: RetractionRow,
    head: number,
  ): Promise<RetractionAnswer> {
    const range = { userId, after: position - 1, upTo: position, limit: 1 };
    const { text } = await this.log.eventPage({ ...range, format: 'json' });
    const { recordedAt, actor, data } = JSON.parse(Buffer.from(text).toString()) as {
      recordedAt: string;
      actor: string;
      data: EventsRetracted;
    };
    const { reason, eventIds } = data;
    const undone = restoredAt !== null && restoredAt <= head ? restoredAt : null;
    const events = eventIds.length;
    const erases = erasure !== null;
    return { retractionId, position, at: recordedAt, actor, reason, events, restoredAt: undone, erases };
  }
}
