import {
  applyDecorators,
  Controller,
  Get,
  Headers,
  Param,
  Query,
  Res,
  UseInterceptors,
} from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import {
  ApiConflictResponse,
  ApiExtraModels,
  ApiHeader,
  ApiOkResponse,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { UserPath } from '../../http/paths.dto.js';
import { ProblemAnswer } from '../../http/problem.js';
import { valid, validQuery } from '../../http/valid.pipe.js';
import { RequestReads } from '../request-reads.js';
import { POSITION_HEADER, POSITION_HEADERS, UserReadInterceptor } from '../user-read.js';
import { CopyEvents } from './copy-events.query.js';
import { EventAnswer, EventPageAnswer, EventsQuery, EventStreamQuery, UserEventsQuery } from './feed.dto.js';
import { FollowEvents } from './follow-events.query.js';
import { LAST_EVENT_ID, resumePosition } from './last-event-id.js';
import type { WalkQuery } from './log-walk.js';
import { OpenFeed, STORE_HEADER, type FeedStart } from './open-feed.query.js';
import { OpenStreams } from './open-streams.js';
import { PageMemory } from './page-memory.js';
import { ReadEvents } from './read-events.query.js';
import { NDJSON, wantsNdjson } from './wants-ndjson.js';

const EVENT_STREAM = 'text/event-stream';

const FEED_HEADERS = {
  ...POSITION_HEADERS,
  [STORE_HEADER]: {
    description: 'The UUID that names the store: positions of one store mean nothing in another.',
    schema: { type: 'string', format: 'uuid' },
  },
} as const;

const ApiPositionAhead = () =>
  ApiConflictResponse({
    description:
      '`feed.position-ahead`: the position is after the end of this log. It is of another store, or from before a ' +
      'restore. `head` and `storeId` of the problem say where this log ends and which store it is.',
    type: ProblemAnswer,
  });

const ApiPageOrLines = () =>
  applyDecorators(
    ApiPositionAhead(),
    ApiExtraModels(EventPageAnswer),
    ApiOkResponse({
      headers: FEED_HEADERS,
      description:
        'A page of at most `limit` events. It ends earlier when it is large (8 MiB, or less while many large pages are ' +
        'being sent): `nextAfter` always says where the next one begins, and there are more as long as it is less than ' +
        `\`head\`. Or, with \`Accept: ${NDJSON}\`, every matching event up to the present head, or the first \`limit\` ` +
        'of them, one per line. An answer that fails on the way is cut off without a proper end.',
      content: {
        'application/json': { schema: { $ref: getSchemaPath(EventPageAnswer) } },
        [NDJSON]: { schema: { type: 'string', description: 'One EventAnswer per line.' } },
      },
    }),
  );

@ApiTags('events')
@Controller('v1')
export class FeedController {
  constructor(
    private readonly queries: QueryBus,
    private readonly streams: OpenStreams,
    private readonly memory: PageMemory,
    private readonly request: RequestReads,
  ) {}

  /** Returns the log in commit order and without gaps: one page, or everything as NDJSON. */
  @Get('events')
  @UseInterceptors(UserReadInterceptor)
  @ApiPageOrLines()
  events(
    @Query(validQuery(EventsQuery)) query: EventsQuery,
    @Headers('accept') accept: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.send(query, accept, reply);
  }

  /** Streams the log as server-sent events: first the stored events, then new ones as they are committed. */
  @Get('events/stream')
  @ApiHeader({
    name: LAST_EVENT_ID,
    description: 'Resumes after this position; takes precedence over `after`.',
    schema: { type: 'integer', minimum: 0 },
  })
  @ApiExtraModels(EventAnswer)
  @ApiPositionAhead()
  @ApiOkResponse({
    headers: FEED_HEADERS,
    description:
      '`id` is the position, `event` the type, `data` the event as JSON (EventAnswer). A comment is sent after every ' +
      '15 s of silence; a message with only an `id` reports the position of a filtered stream.',
    content: { [EVENT_STREAM]: { schema: { type: 'string' } } },
  })
  async stream(
    @Query(validQuery(EventStreamQuery)) query: EventStreamQuery,
    @Headers(LAST_EVENT_ID) lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { after } = await this.open(reply, resumePosition(lastEventId) ?? query.after);
    const resumed = { ...query, after };
    return this.streams.sendLive(reply, async (signal) => {
      const chunks = await this.queries.execute(new FollowEvents(resumed, signal));
      // A proxy that buffers answers would hold every event back.
      void reply.type(EVENT_STREAM).headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
      return chunks;
    });
  }

  /** Returns one user's events: one page, or everything as NDJSON. */
  @Get('users/:userId/events')
  @UseInterceptors(UserReadInterceptor)
  @ApiPageOrLines()
  userEvents(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Query(validQuery(UserEventsQuery)) query: UserEventsQuery,
    @Headers('accept') accept: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.send({ ...query, userId }, accept, reply);
  }

  private async send(asked: EventsQuery, accept: string | undefined, reply: FastifyReply): Promise<void> {
    void reply.header('vary', 'accept');
    const { after, head: upTo } = await this.open(reply, asked.after);
    const query = { ...asked, after, upTo };
    if (wantsNdjson(accept)) {
      return this.streams.sendAll(reply, async (signal) => {
        const chunks = await this.queries.execute(new CopyEvents(query, signal));
        void reply.type(NDJSON);
        return chunks;
      });
    }
    return this.sendPage(query, reply);
  }

  private async sendPage(query: WalkQuery, reply: FastifyReply): Promise<void> {
    const gone = new AbortController();
    const lease = this.memory.lease();
    this.streams.cutWhenStalled(reply);
    reply.raw.once('close', () => {
      gone.abort();
      lease.release();
    });
    const page = await this.queries.execute(new ReadEvents(query, lease, gone.signal));
    // The client may have gone meanwhile: `close` does not come again.
    if (gone.signal.aborted) lease.release();
    void reply
      .type('application/json; charset=utf-8')
      .send(Buffer.from(page.buffer, page.byteOffset, page.byteLength));
  }

  /** Names the store and the end of its log in the answer, and returns where the feed begins and ends. */
  private async open(reply: FastifyReply, after = 0): Promise<FeedStart> {
    const start = await this.queries.execute(new OpenFeed(after, this.request.asOf));
    void reply.header(STORE_HEADER, start.storeId).header(POSITION_HEADER, start.head);
    return start;
  }
}
