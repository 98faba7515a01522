import type { IncomingHttpHeaders } from 'node:http';
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
import { EVENT_FIELDS } from '../../events/event-fields.js';
import { MEDIA_TYPES } from '../../formats/row-format.js';
import { Scoped } from '../../http/access/scoped.js';
import { answerFormat, contentType, VARY } from '../../http/answer-format.js';
import { contentCoding, sendEncoded, type ContentCoding } from '../../http/content-coding.js';
import { MayRefuse } from '../../http/declared-answers.js';
import { UserPath } from '../../http/paths.dto.js';
import { ProblemAnswer } from '../../http/problems/problem.js';
import { valid, validQuery } from '../../http/valid.pipe.js';
import { RequestReads } from '../request-reads.js';
import { POSITION_HEADER, POSITION_HEADERS, UserReadInterceptor } from '../user-read.js';
import { CopyEvents } from './copy-events.query.js';
import { EventAnswer, EventPageAnswer, EventsQuery, EventStreamQuery, UserEventsQuery } from './feed.dto.js';
import { FollowEvents } from './follow-events.query.js';
import { LAST_EVENT_ID, resumePosition } from './last-event-id.js';
import type { WalkQuery } from './log-walk.js';
import { OpenFeed, STORE_HEADER, type FeedStart } from './open-feed.query.js';
import { OpenStreams, ROWS_TRAILER } from './open-streams.js';
import { PageMemory } from './page-memory.js';
import { ReadEvents } from './read-events.query.js';

const EVENT_STREAM = 'text/event-stream';
const COLUMNS = `A row per event; columns: ${EVENT_FIELDS.map(({ name }) => name).join(', ')} (as JSON).`;

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

const ApiPageOrCopy = () =>
  applyDecorators(
    ApiPositionAhead(),
    MayRefuse(406),
    ApiExtraModels(EventPageAnswer),
    ApiOkResponse({
      headers: FEED_HEADERS,
      description:
        'A page of at most `limit` events. It ends earlier when it is large (8 MiB, or less while many large pages are ' +
        'being sent): `nextAfter` always says where the next one begins, and there are more as long as it is less than ' +
        '`head`. Or, in another format (`format`, else `Accept`), every matching event up to the present head, or the ' +
        'first `limit` of them. JSON, NDJSON and CSV are compressed as `Accept-Encoding` says (zstd, br, gzip). An ' +
        'answer that fails on the way is cut off without a proper end; a complete copy ends, over HTTP/1.1, with the ' +
        `trailer \`${ROWS_TRAILER}\`.`,
      content: {
        [MEDIA_TYPES.json]: { schema: { $ref: getSchemaPath(EventPageAnswer) } },
        [MEDIA_TYPES.ndjson]: { schema: { type: 'string', description: 'One EventAnswer per line.' } },
        [MEDIA_TYPES.csv]: { schema: { type: 'string', description: COLUMNS } },
        [MEDIA_TYPES.parquet]: { schema: { type: 'string', format: 'binary', description: COLUMNS } },
      },
    }),
  );

@ApiTags('events')
@Scoped(['analyst'], { usersIn: 'query' })
@Controller('v1')
export class FeedController {
  constructor(
    private readonly queries: QueryBus,
    private readonly streams: OpenStreams,
    private readonly memory: PageMemory,
    private readonly request: RequestReads,
  ) {}

  /** Returns the log in commit order and without gaps: one page, or all of it in another format. */
  @Get('events')
  @UseInterceptors(UserReadInterceptor)
  @ApiPageOrCopy()
  events(
    @Query(validQuery(EventsQuery)) query: EventsQuery,
    @Headers() headers: IncomingHttpHeaders,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.send(query, headers, reply);
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

  /** Returns one user's events: one page, or all of it in another format. */
  @Get('users/:userId/events')
  @Scoped(['chat', 'analyst'])
  @UseInterceptors(UserReadInterceptor)
  @ApiPageOrCopy()
  userEvents(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Query(validQuery(UserEventsQuery)) query: UserEventsQuery,
    @Headers() headers: IncomingHttpHeaders,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.send({ ...query, userId }, headers, reply);
  }

  private async send(
    asked: EventsQuery,
    { accept, 'accept-encoding': acceptEncoding }: IncomingHttpHeaders,
    reply: FastifyReply,
  ): Promise<void> {
    void reply.header('vary', VARY);
    const format = answerFormat(accept, asked.format);
    const coding = contentCoding(acceptEncoding);
    const { after, head: upTo } = await this.open(reply, asked.after);
    const query = { ...asked, after, upTo };
    if (format === 'json') return this.sendPage(query, coding, reply);
    // Parquet is compressed already.
    return this.streams.sendAll(reply, format === 'parquet' ? 'identity' : coding, async (signal) => {
      const chunks = await this.queries.execute(new CopyEvents(query, format, signal));
      void reply.type(contentType(format));
      return chunks;
    });
  }

  private async sendPage(query: WalkQuery, coding: ContentCoding, reply: FastifyReply): Promise<void> {
    const gone = new AbortController();
    const lease = this.memory.lease();
    this.streams.cutWhenStalled(reply);
    reply.raw.once('close', () => {
      gone.abort();
      lease.release();
    });
    const page = await this.queries.execute(new ReadEvents(query, lease, gone.signal));
    // The client may be gone by now: `close` does not come again.
    if (gone.signal.aborted) lease.release();
    void reply.type(contentType('json'));
    sendEncoded(reply, Buffer.from(page.buffer, page.byteOffset, page.byteLength), coding);
  }

  /** Names the store and the end of its log in the answer, and returns where the feed begins and ends. */
  private async open(reply: FastifyReply, after = 0): Promise<FeedStart> {
    const start = await this.queries.execute(new OpenFeed(after, this.request.asOf));
    void reply.header(STORE_HEADER, start.storeId).header(POSITION_HEADER, start.head);
    return start;
  }
}
