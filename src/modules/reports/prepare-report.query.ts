import { createHash } from 'node:crypto';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Unavailable } from '../../errors.js';
import { erasureEpoch as readEpoch } from '../../events/log/erasure/last-erasure.js';
import type { LogPoint } from '../../events/log/log-point.js';
import { Reads } from '../../projections/reads/reads.js';
import { userActivity, userActivityTable } from '../../projections/user-activity.projection.js';
import { isoTime, resolveAsOf } from '../as-of.js';
import type { ResolvedQuery, SentQuery } from './query/report-query.js';
import { checkRange, resolveQuery, shownQuery } from './query/resolve-query.js';
import { definitionOf } from './report-catalog.js';
import { ReportThread } from './report-thread.js';
import type { ReportDefinition } from './report.js';
import type { ReportFormat, ReportHead } from './write-report.js';

/** A report that is known by its tag before it is computed. */
export interface PreparedReport {
  position: number;
  /** Names the bytes of the answer: the same store, position, query and format give the same. */
  tag: string;
  /** The query with every default filled in, as parameters of a URL; with `asOf` it is a permanent link. */
  parameters: URLSearchParams;
  /** Computes the answer and returns it in parts. Aborting the signal ends the computation. */
  compute(signal: AbortSignal): Promise<Uint8Array[]>;
}

/** Prepares a report. Throws InvalidInput for a query that does not fit the report. */
export class PrepareReport extends Query<PreparedReport> {
  constructor(
    readonly name: string,
    readonly sent: SentQuery & { asOf?: string },
    readonly format: ReportFormat,
  ) {
    super();
  }
}

@QueryHandler(PrepareReport)
export class PrepareReportHandler implements IQueryHandler<PrepareReport> {
  constructor(
    private readonly reads: Reads,
    private readonly thread: ReportThread,
  ) {}

  async execute({ name, sent, format }: PrepareReport): Promise<PreparedReport> {
    const definition = definitionOf(name);
    const query = resolveQuery(definition, sent);
    const { position, recordedAt } = await this.pointOf(sent.asOf);
    checkRange(query, recordedAt ?? 0);
    // An erasure changes answers about the past, so it is part of every answer.
    const erasureEpoch = await readEpoch((table, rows) => this.reads.list(table, rows));
    const head = headOf(definition, query, { position, recordedAt, erasureEpoch });
    const { storeId } = await this.reads.storeHead();
    return {
      position,
      tag: tagOf([storeId, head, userActivity.version, format]),
      parameters: parametersOf(head, sent, format),
      compute: async (signal) => {
        const task = { name, format, head, query, position, recordedAt: recordedAt ?? 0 };
        const parts = await this.thread.run(task, signal);
        // A rebuild that has begun since may have replaced the rows.
        this.reads.gate.check(userActivityTable);
        return parts;
      },
    };
  }

  /** The place in the log to answer at: that of `asOf`, else the last event whose facts are there. */
  private async pointOf(asOf: string | undefined): Promise<LogPoint> {
    this.reads.gate.check(userActivityTable);
    const { head, projections } = await this.reads.positions();
    const folded = projections.find(({ name }) => name === userActivity.name)?.position ?? 0;
    if (asOf === undefined) return resolveAsOf(this.reads, String(Math.min(head, folded)));
    const point = await resolveAsOf(this.reads, asOf);
    if (point.position > folded) throw Unavailable.projection(userActivity.name);
    return point;
  }
}

function headOf(
  definition: ReportDefinition,
  query: ResolvedQuery,
  { position, recordedAt, erasureEpoch }: LogPoint & { erasureEpoch: number },
): ReportHead {
  const { mapping } = query.own;
  return {
    report: definition.name,
    query: shownQuery(definition, query),
    asOf: { position, recordedAt: isoTime(recordedAt) },
    // The end of the log as the answer knows it: what is appended later must not change its bytes.
    head: position,
    definitions: {
      version: definition.version,
      ...(typeof mapping === 'string' && { mapping }),
      tzdata: process.versions.tz ?? 'unknown',
      erasureEpoch,
    },
  };
}

function tagOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

function parametersOf({ query, asOf }: ReportHead, sent: object, format: ReportFormat): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    // What a report makes of a parameter of its own may be no text; what was sent is.
    const text = String(isPlain(value) ? value : (sent as Record<string, string>)[name]);
    if (text !== '') parameters.set(name, text);
  }
  parameters.set('asOf', String(asOf.position));
  if (format !== 'json') parameters.set('format', format);
  return parameters;
}

function isPlain(value: unknown): boolean {
  return Array.isArray(value) ? value.every(isPlain) : typeof value !== 'object';
}
