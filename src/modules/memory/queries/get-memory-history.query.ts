import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { NotFound } from '../../../errors.js';
import type { StoreEvent } from '../../../events/event-catalog.js';
import { memoryStream } from '../../../events/streams.js';
import { Reads, UserReads } from '../../../projections/reads/reads.js';
import { cursors } from '../../page-cursor.js';
import type { MemoryHistoryAnswer, MemoryHistoryQuery, MemoryRevisionAnswer } from '../memory-history.dto.js';

type Revision = Extract<StoreEvent, { type: `memory.${'formed' | 'revised' | 'confirmed' | 'forgotten'}` }>;
/** An event as pages of the log have it. */
type Written<E extends StoreEvent> = E extends StoreEvent
  ? Omit<E, 'occurredAt' | 'recordedAt'> & { occurredAt: string; recordedAt: string; retracted?: object }
  : never;

/** Reads what was done to a memory, oldest first. Throws NotFound if it was never formed. */
export class GetMemoryHistory extends Query<MemoryHistoryAnswer> {
  constructor(
    readonly userId: string,
    readonly memoryId: string,
    readonly query: MemoryHistoryQuery,
  ) {
    super();
  }
}

@QueryHandler(GetMemoryHistory)
export class GetMemoryHistoryHandler implements IQueryHandler<GetMemoryHistory> {
  constructor(
    private readonly reads: UserReads,
    private readonly log: Reads,
  ) {}

  async execute({ userId, memoryId, query }: GetMemoryHistory): Promise<MemoryHistoryAnswer> {
    const limit = query.limit ?? 50;
    const { storeId, head } = await this.reads.storeHead();
    const filters = { memoryId };
    const { asOf } = this.reads;
    const { encode, decode } = cursors({ storeId, head, asOf, route: 'history', userId, filters });
    const [start = 0] = query.cursor === undefined ? [] : (decode(query.cursor, ['integer']) as number[]);
    const streamId = memoryStream(userId, memoryId);
    const revisions: Written<Revision>[] = [];
    // A page of the log may end early, because it is large.
    for (let after = start; revisions.length < limit && after < head;) {
      const left = limit - revisions.length;
      const page = await this.log.eventPage({
        userId,
        streamId,
        after,
        upTo: head,
        limit: left,
        retractedAsOf: head,
        format: 'json',
      });
      const read = JSON.parse(`[${Buffer.from(page.text).toString()}]`) as Written<Revision>[];
      // What was erased has no data, and what was taken back does not count.
      revisions.push(...read.filter(({ data, retracted }) => (data as object | null) !== null && !retracted));
      after = page.nextAfter;
    }
    if (revisions.length === 0 && query.cursor === undefined) throw NotFound.memory(memoryId);
    const last = revisions.at(-1);
    const mayGoOn = revisions.length === limit && last !== undefined && last.type !== 'memory.forgotten';
    return { items: revisions.map(revisionAnswer), nextCursor: mayGoOn ? encode([last.position]) : null };
  }
}

function revisionAnswer(event: Written<Revision>): MemoryRevisionAnswer {
  const { version, type, position, eventId, occurredAt: at, actor } = event;
  const reason = 'reason' in event.data ? (event.data.reason ?? null) : null;
  const revision = { version, type, position, eventId, at, actor, reason, changes: changesOf(event) };
  if (event.type !== 'memory.confirmed') return revision;
  const { memoryId: _memoryId, confidence: _confidence, ...said } = event.data;
  return { ...revision, said };
}

function changesOf(event: Written<Revision>): Record<string, { from: unknown; to: unknown }> {
  if (event.type === 'memory.revised') return event.data.changes;
  if (event.type === 'memory.confirmed') return { confidence: event.data.confidence };
  if (event.type === 'memory.forgotten') return {};
  const { memoryId: _memoryId, ...fields } = event.data;
  return Object.fromEntries(Object.entries(fields).map(([field, to]) => [field, { from: null, to }]));
}
