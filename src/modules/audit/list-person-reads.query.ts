import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { RowQuery } from '../../database/row-store.js';
import { personReadsTable, type PersonReadRow } from '../../events/log/log-tables.js';
import { Reads } from '../../projections/reads/reads.js';
import { cursors } from '../page-cursor.js';
import { rangeFilters } from '../time-range.js';
import type { PersonReadAnswer, PersonReadPageAnswer, PersonReadsQuery } from './audit.dto.js';
import { Recording } from './recording.js';

/** Reads a page of who has read what of a person, or of everybody, the newest first. */
export class ListPersonReads extends Query<PersonReadPageAnswer> {
  constructor(
    readonly userId: string,
    readonly query: PersonReadsQuery,
  ) {
    super();
  }
}

@QueryHandler(ListPersonReads)
export class ListPersonReadsHandler implements IQueryHandler<ListPersonReads> {
  constructor(
    private readonly reads: Reads,
    private readonly recording: Recording,
  ) {}

  async execute({ userId, query }: ListPersonReads): Promise<PersonReadPageAnswer> {
    const limit = query.limit ?? 50;
    const scope = { storeId: await this.reads.storeId(), head: 0, route: 'access', userId, filters: query };
    const { encode, decode } = cursors(scope);
    const times = rangeFilters('at', query);
    const page = (of: string): RowQuery => ({
      filters: [['userId', '=', of], ...times],
      order: ['at', 'readId'],
      descending: true,
      ...(query.cursor === undefined ? {} : { after: decode(query.cursor, ['integer', 'text']) }),
      // One extra row shows whether there is a next page.
      limit: limit + 1,
    });
    // Two lists, each in the order of the key, merged: neither has to be sorted by the database.
    const lists = await Promise.all([
      this.reads.list(personReadsTable, page(userId)),
      this.reads.list(personReadsTable, page(ANY_USER)),
    ]);
    const rows = lists.flat().toSorted(newestFirst);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return {
      items: items.map(answerOf),
      nextCursor: last && rows.length > limit ? encode([last.at, last.readId]) : null,
      recording: this.recording.isOn,
    };
  }
}

/** The id under which reads are recorded that may be of anybody. */
const ANY_USER = '';

function newestFirst(a: PersonReadRow, b: PersonReadRow): number {
  return b.at - a.at || (a.readId < b.readId ? 1 : -1);
}

function answerOf({ userId, at, keyName, readId: _id, ...read }: PersonReadRow): PersonReadAnswer {
  return { at: new Date(at).toISOString(), key: keyName, ...read, named: userId !== ANY_USER };
}
