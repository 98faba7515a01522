import { setTimeout as pause } from 'node:timers/promises';
import type { JobKind } from '../../error-codes.js';
import {
  Unavailable,
  Refused,
  NotFound,
  InvalidInput,
  StoreError,
  Unexpected,
  type FieldError,
} from '../../errors.js';
import type { Progress } from '../../operations/job-context.js';
import { whyOf } from '../../why.js';
import { interrupted, untilSignal } from './interruptible.js';

/** Interval between two polls of a job, ms. */
const POLL_MS = 250;
/** Longest time that a service may take for one answer, ms. */
const ANSWER_MS = 60_000;

interface Problem {
  status: number;
  code: string;
  detail: string;
  errors?: FieldError[];
}

/** The state and progress of a job, as the service reports them. */
export interface FollowedJob {
  state: string;
  done: number;
  total: number;
  error?: { code: string; message: string } | string | null;
  errorCode?: string | null;
}

/** A job that the service is asked to do. */
interface JobRequest {
  kind: JobKind;
  /** Where jobs of that kind are started. */
  path: string;
  body?: object;
}

interface Answer {
  status: number;
  body: unknown;
}

/** A running service, called over HTTP. */
export class RunningService {
  constructor(
    readonly url: string,
    /** Undefined where the service may ask for none. */
    private readonly key?: string | undefined,
    /** Refused unless the key is of this tenant; undefined where the key alone says it. */
    private readonly tenant?: string | undefined,
  ) {}

  async get<T>(path: string): Promise<T> {
    return this.ok<T>(await this.send('GET', path));
  }

  async post<T>(path: string, body: object): Promise<T> {
    return this.ok<T>(await this.send('POST', path, body));
  }

  async delete<T>(path: string): Promise<T> {
    return this.ok<T>(await this.send('DELETE', path));
  }

  /** The bytes of a file that the service makes. They end with an error if it is cut off. */
  async download(path: string): Promise<AsyncIterable<Uint8Array>> {
    const response = await this.fetched('GET', path);
    if (response.ok && response.body) return this.untilCut(response.body);
    this.ok({ status: response.status, body: await response.json().catch(() => null) });
    throw this.foreign(response.status);
  }

  private async *untilCut(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    try {
      yield* body;
    } catch (cause) {
      const why = `The service at ${this.url} cut the answer off before its end; try again.`;
      throw new Unavailable('service.unreachable', why, { cause });
    }
  }

  /** The answer of a health route, which has the status 503 when something is down. */
  async health<T>(path: string): Promise<T> {
    const answer = await this.send('GET', path);
    const { details } = (answer.body ?? {}) as { details?: unknown };
    return details === undefined ? this.ok<T>(answer) : (details as T);
  }

  /**
   * Has the service do a job, and follows it to its end; Ctrl-C cancels it. Throws the error of a job that
   * failed, and Refused for one that was cancelled.
   */
  run<T extends FollowedJob>({ kind, path, body }: JobRequest, progress: Progress): Promise<T> {
    return untilSignal(async (signal) => {
      const started = this.ok<Record<string, string>>(await this.send('POST', path, body));
      const id = started[`${kind}Id`] as string;
      const job = await this.follow<T>(`${path}/${id}`, { kind, id, signal, progress });
      const message = typeof job.error === 'string' ? job.error : job.error?.message;
      if (job.state === 'cancelled') throw interrupted(cancelledText(kind, signal, message));
      if (job.state !== 'failed' || message === undefined) return job;
      const code = job.errorCode ?? (job.error as { code?: string }).code ?? 'internal.error';
      throw errorOf({ status: 0, code, detail: message });
    });
  }

  private async follow<T extends FollowedJob>(
    path: string,
    { kind, id, signal, progress }: { kind: JobKind; id: string; signal: AbortSignal; progress: Progress },
  ): Promise<T> {
    for (;;) {
      if (signal.aborted) return this.cancel<T>(path, kind, id);
      const job = await this.poll<T>(path, kind);
      progress(job.done, job.total);
      if (job.state !== 'running') return job;
      await pause(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private async poll<T>(path: string, kind: JobKind): Promise<T> {
    try {
      return await this.get<T>(path);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      const why = `The service at ${this.url} stopped during the ${kind}, which ended with it. Start the service, and run the command again.`;
      throw new Unavailable('service.unreachable', why, { cause: error });
    }
  }

  private async cancel<T>(path: string, kind: JobKind, id: string): Promise<T> {
    try {
      return await this.delete<T>(path);
    } catch (error) {
      throw interrupted(
        `Interrupted, but the ${kind} could not be cancelled: ${whyOf(error)} If it still runs, "edgesoul cancel ${id}" ends it.`,
      );
    }
  }

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller knows the route's answer
  private ok<T>({ status, body }: Answer): T {
    if (status < 400) return body as T;
    if (typeof (body as Partial<Problem> | null)?.code !== 'string') throw this.foreign(status);
    if (status === 401) throw this.keyless(body as Problem);
    throw errorOf(body as Problem);
  }

  private keyless({ code, detail }: Problem): AccessRefused {
    const why = `${detail} Set EDGESOUL_KEY, or name a file with --key-file; the key needs the scope operator, and must be of the tenant.`;
    return new AccessRefused(code, `The service at ${this.url} refused: ${why}`);
  }

  private async send(method: string, path: string, body?: object): Promise<Answer> {
    const { status, text } = await this.fetchText(method, path, body);
    try {
      return { status, body: JSON.parse(text) as unknown };
    } catch (cause) {
      throw this.foreign(status, cause);
    }
  }

  private async fetchText(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; text: string }> {
    const response = await this.fetched(method, path, { body, signal: AbortSignal.timeout(ANSWER_MS) });
    try {
      return { status: response.status, text: await response.text() };
    } catch (cause) {
      throw this.absent(cause);
    }
  }

  private async fetched(
    method: string,
    path: string,
    { body, signal }: { body?: object | undefined; signal?: AbortSignal } = {},
  ): Promise<Response> {
    try {
      return await fetch(new URL(path, this.url), {
        method,
        ...(signal && { signal }),
        headers: {
          ...(this.key !== undefined && { authorization: `Bearer ${this.key}` }),
          ...(this.tenant !== undefined && { 'edgesoul-tenant': this.tenant }),
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      throw this.absent(cause);
    }
  }

  private absent(cause: unknown): Unavailable {
    const why = `No service answers at ${this.url}; is it running?`;
    return new Unavailable('service.unreachable', why, { cause });
  }

  /** Something answered that is no EdgeSoul Store, such as a proxy or another program on the port. */
  private foreign(status: number, cause?: unknown): Unavailable {
    const why = `What answers at ${this.url} (status ${status}) is not an EdgeSoul Store; check the address.`;
    return new Unavailable('service.unreachable', why, { cause });
  }
}

/** 401: the service asks for another key than it was given. */
class AccessRefused extends StoreError {
  readonly status = 401;
}

function cancelledText(kind: JobKind, signal: AbortSignal, why: string | undefined): string {
  if (signal.aborted) return `Interrupted; the service has cancelled the ${kind}, and nothing was changed.`;
  return why === undefined
    ? `The ${kind} was cancelled by another request; nothing was changed.`
    : `The ${kind} was cancelled: ${why}`;
}

function errorOf({ status, code, detail, errors }: Problem): Error {
  const known = { 400: InvalidInput, 404: NotFound, 409: Refused, 503: Unavailable }[status] ?? Unexpected;
  return Reflect.construct(known, [code, detail, errors ? { errors } : {}]) as Error;
}
