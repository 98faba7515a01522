import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Scoped } from '../../http/access/scoped.js';
import { valid, validQuery } from '../../http/valid.pipe.js';
import { Erasures } from '../../operations/erasure/erasures.js';
import { Reads } from '../../projections/reads/reads.js';
import { cursors } from '../page-cursor.js';
import {
  ErasureAnswer,
  ErasurePageAnswer,
  ErasurePath,
  ErasureQuery,
  ListErasuresQuery,
} from './certificate.dto.js';

const DEFAULT_LIMIT = 20;

@ApiTags('privacy')
@Scoped(['operator', 'erase'])
@Controller('v1/erasures')
export class ErasuresController {
  constructor(
    private readonly erasures: Erasures,
    private readonly reads: Reads,
  ) {}

  /** Lists the certificates of erasures, newest first. */
  @Get()
  @ApiOkResponse({ type: ErasurePageAnswer })
  async list(
    @Query(validQuery(ListErasuresQuery)) { userId, limit = DEFAULT_LIMIT, cursor }: ListErasuresQuery,
  ): Promise<ErasurePageAnswer> {
    const { encode, decode } = cursors({
      ...(await this.reads.storeHead()),
      route: 'erasures',
      userId: userId ?? '',
    });
    const [before] = cursor === undefined ? [] : (decode(cursor, ['integer']) as number[]);
    // One more shows whether there is a next page.
    const found = await this.erasures.certificates({ userId, before, limit: limit + 1 });
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return { items, nextCursor: last && found.length > limit ? encode([last.position]) : null };
  }

  /**
   * Returns the certificate of an erasure: what was erased, when and by whom, and what became of it; nothing
   * of what it said.
   */
  @Get(':erasureId')
  @ApiOkResponse({ type: ErasureAnswer })
  get(
    @Param(valid(ErasurePath)) { erasureId }: ErasurePath,
    @Query(validQuery(ErasureQuery)) { verify }: ErasureQuery,
  ): Promise<ErasureAnswer> {
    return this.erasures.certificate(erasureId, { verify: verify === 'true' });
  }
}
