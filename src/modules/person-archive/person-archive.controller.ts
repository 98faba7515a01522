import { Readable } from 'node:stream';
import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { NotFound } from '../../errors.js';
import { Scoped } from '../../http/access/scoped.js';
import { MayRefuse } from '../../http/declared-answers.js';
import { NoQuery, UserPath } from '../../http/paths.dto.js';
import { reportFailure } from '../../http/problems/http-error.filter.js';
import { valid, validQuery } from '../../http/valid.pipe.js';
import { PersonArchives } from '../../operations/person/person-archives.js';
import { Reads } from '../../projections/reads/reads.js';
import { checkNotErased } from '../user-read.js';

/** Time without progress after which an archive is cut off while data waits for its client, ms. */
const STALLED_MS = 60_000;

@ApiTags('privacy')
@Scoped(['chat', 'operator'])
@Controller('v1/users/:userId/export')
export class PersonArchiveController {
  constructor(
    private readonly reads: Reads,
    private readonly archives: PersonArchives,
  ) {}

  /**
   * Returns everything that is held of a user, as one ZIP archive: JSON and NDJSON, with a README that says
   * what each file means. All of it is of one position of the log. An archive that fails on the way is cut
   * off; no program opens a part of one.
   */
  @Get()
  @MayRefuse(404)
  @ApiOkResponse({ content: { 'application/zip': { schema: { type: 'string', format: 'binary' } } } })
  async send(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Query(validQuery(NoQuery)) _query: NoQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const positions = await this.reads.lastPositions(userId);
    checkNotErased(userId, positions);
    if (positions.last === 0) throw NotFound.user(userId);
    const chunks = this.archives.stream(userId);
    // What fails at once is a problem document.
    const first = await chunks.next();
    const all = async function* (): AsyncGenerator<Uint8Array, void> {
      if (first.done !== true) yield first.value;
      yield* chunks;
    };
    const body = Readable.from(all(), { objectMode: false });
    const { raw, request } = reply;
    body.once('error', (error) => {
      reportFailure(error, request.id);
      raw.destroy();
    });
    raw.setTimeout(STALLED_MS, () => {
      if ((raw.socket?.writableLength ?? 0) > 0) raw.destroy();
    });
    const name = encodeURIComponent(userId);
    void reply
      .headers({ 'cache-control': 'no-store', 'content-disposition': `attachment; filename="${name}.zip"` })
      .type('application/zip')
      .send(body);
  }
}
