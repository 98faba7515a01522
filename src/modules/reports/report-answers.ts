import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import { Unavailable } from '../../errors.js';
import { answerFormat, contentType, VARY, type AnswerFormat } from '../../http/answer-format.js';
import { contentCoding, sendEncoded } from '../../http/content-coding.js';
import { PrepareReport, type PreparedReport } from './prepare-report.query.js';
import type { SentQuery } from './query/report-query.js';

/** Bytes of answers that slow clients may keep in memory; beyond, reports are refused with 503. */
const MAX_HELD_BYTES = 256 * 1024 * 1024;

/** A client that takes nothing of an answer for this long is cut off, ms. */
const STALLED_MS = 30_000;

/** A query for a report as a route receives it. */
export type ReceivedQuery = SentQuery & { asOf?: string; format?: AnswerFormat };

/** Sends reports: by their tag alone if the client has them already. */
@Injectable()
export class ReportAnswers {
  private held = 0;

  constructor(private readonly queries: QueryBus) {}

  /** `path` is that of the route, for the permanent link. */
  async send(
    { name, path, query }: { name: string; path: string; query: ReceivedQuery },
    headers: IncomingHttpHeaders,
    reply: FastifyReply,
  ): Promise<void> {
    const { format: named, ...sent } = query;
    const format = answerFormat(headers.accept, named);
    // Parquet is compressed already.
    const coding = format === 'parquet' ? 'identity' : contentCoding(headers['accept-encoding']);
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const report = await this.queries.execute(new PrepareReport(name, sent, format));
    // Each coding has bytes of its own (RFC 9110, 8.8.3.3).
    const etag = coding === 'identity' ? `"${report.tag}"` : `"${report.tag}-${coding}"`;
    void reply.headers({
      'edgesoul-position': String(report.position),
      etag,
      'content-location': `${path}?${report.parameters.toString()}`,
      vary: VARY,
      // An erasure changes answers about the past, so that a copy has to be asked for.
      'cache-control': 'private, no-cache',
    });
    if (isKnown(etag, headers['if-none-match'])) return void reply.code(304).send();
    const body = await this.bodyOf(report, reply, gone.signal);
    void reply.type(contentType(format));
    sendEncoded(reply, body, coding);
  }

  private async bodyOf(report: PreparedReport, reply: FastifyReply, gone: AbortSignal): Promise<Buffer> {
    if (this.held > MAX_HELD_BYTES)
      throw new Unavailable('service.busy', 'Large reports are still being sent; retry in a second.');
    const parts = await report.compute(gone).catch((error: unknown) => {
      // Nobody waits for what was given up, and nothing failed.
      if (gone.aborted) return [];
      throw error;
    });
    const body = Buffer.concat(parts);
    // The client may be gone by now: `close` does not come again.
    if (gone.aborted) return body;
    this.held += body.byteLength;
    reply.raw.once('close', () => (this.held -= body.byteLength));
    reply.raw.setTimeout(STALLED_MS, () => reply.raw.destroy());
    return body;
  }
}

/** Whether `If-None-Match` names the tag (RFC 9110, 13.1.2: by weak comparison). */
function isKnown(etag: string, ifNoneMatch: string | undefined): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = new Set(ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, '')));
  return tags.has(etag) || tags.has('*');
}
