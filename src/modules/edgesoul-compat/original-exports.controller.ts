import { Readable } from 'node:stream';
import { Controller, Get, Param, Res, UseInterceptors } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { NOW } from '../../events/log/retraction/retraction-marks.js';
import type { MemoryType } from '../../events/memory/memory-formed.event.js';
import { Scoped } from '../../http/access/scoped.js';
import { UserPath } from '../../http/paths.dto.js';
import { valid } from '../../http/valid.pipe.js';
import { Reads } from '../../projections/reads/reads.js';
import { ListMemories } from '../memory/queries/list-memories.query.js';
import { loggedEvents } from './logged-events.js';
import { exportedEmotion, exportedTurn, listText } from './original-exports.js';
import { OriginalMemory } from './original-memories.dto.js';
import { allMemories, originalMemory } from './original-memories.js';
import { COMPATIBILITY, daysAgo, ORIGINAL_PREFIX } from './original-names.js';
import { RefuseErased } from './refuse-erased.interceptor.js';

/** The original exported a year. */
const DAYS = 365;
const EVENTS_PER_PAGE = 200;

/** What is exported of a kind: memories, and events that are told as memories. */
interface Exported {
  type: MemoryType;
  event: string;
  item: (event: never) => OriginalMemory;
}

@ApiTags(COMPATIBILITY)
@Scoped(['chat'])
@Controller(ORIGINAL_PREFIX)
export class OriginalExportsController {
  constructor(
    private readonly queries: QueryBus,
    private readonly reads: Reads,
  ) {}

  /** Exports the conversations of the last 365 days: memories of them, then turns. */
  @Get('conversations/:userId')
  @UseInterceptors(RefuseErased)
  @ApiOkResponse({ type: [OriginalMemory] })
  async conversations(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.send(reply, userId, { type: 'conversation', event: 'turn.recorded', item: exportedTurn });
  }

  /** Exports the emotions of the last 365 days: memories of them, then what was observed. */
  @Get('emotions/:userId')
  @UseInterceptors(RefuseErased)
  @ApiOkResponse({ type: [OriginalMemory] })
  async emotions(@Param(valid(UserPath)) { userId }: UserPath, @Res() reply: FastifyReply): Promise<void> {
    await this.send(reply, userId, { type: 'emotional', event: 'emotion.observed', item: exportedEmotion });
  }

  private async send(reply: FastifyReply, userId: string, exported: Exported): Promise<void> {
    const pieces = listText(this.pages(userId, exported, daysAgo(DAYS, Date.now())));
    // What fails at once is a problem document; later, the connection is cut.
    const first = await pieces.next();
    const all = async function* () {
      if (first.done !== true) yield first.value;
      yield* pieces;
    };
    void reply.type('application/json; charset=utf-8').send(Readable.from(all()));
  }

  private async *pages(
    userId: string,
    { type, event, item }: Exported,
    from: string,
  ): AsyncGenerator<OriginalMemory[]> {
    const read = (cursor: string | undefined) =>
      this.queries.execute(
        new ListMemories(userId, {
          type,
          from,
          includeExpired: 'true',
          limit: 200,
          ...(cursor !== undefined && { cursor }),
        }),
      );
    for await (const page of allMemories(read)) yield page.map((memory) => originalMemory(userId, memory));
    const query = {
      userId,
      types: [event],
      from: Date.parse(from),
      limit: EVENTS_PER_PAGE,
      retractedAsOf: NOW,
      format: 'json',
    } as const;
    for (let after = 0; ;) {
      const page = await this.reads.eventPage({ ...query, after });
      yield loggedEvents(page).map((each) => item(each as never));
      const { nextAfter, head } = page;
      if (nextAfter >= head) return;
      after = nextAfter;
    }
  }
}
