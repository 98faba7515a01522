import { setTimeout as pause } from 'node:timers/promises';
import { Unavailable, Refused, NotFound, InvalidInput, Unexpected, type FieldError } from '../../errors.js';
import type { Progress } from '../../operations/job-context.js';

/** Interval between two polls of a job, ms. */
const POLL_MS = 250;

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
  error?: { code: string; message: string } | null;
}

/** A running service, called over HTTP. */
export class RunningService {
  constructor(readonly url: string) {}

  /** Reads; an answer with the status `also` is not an error. */
  get<T>(path: string, also?: number): Promise<T> {
    return this.request<T>('GET', path, { also });
  }

  post<T>(path: string, body?: object): Promise<T> {
    return this.request<T>('POST', path, { body });
  }

  delete<T>(path: string): Promise<T> {
    return this.request<T>('DELETE', path);
  }

  /** Polls a job until it has ended; Ctrl-C cancels it. */
  async follow<T extends FollowedJob>(path: string, progress: Progress): Promise<T> {
    const cancel = () => void this.delete(path);
    process.once('SIGINT', cancel);
    try {
      for (;;) {
        const job = await this.get<T>(path);
        progress(job.done, job.total);
        if (job.state !== 'running') return job;
        await pause(POLL_MS);
      }
    } finally {
      process.off('SIGINT', cancel);
    }
  }

  /** Follows a job; throws the job's error unless its state is `done`. */
  async done<T extends FollowedJob>(path: string, progress: Progress): Promise<T> {
    const job = await this.follow<T>(path, progress);
    if (job.state === 'done') return job;
    const { code, message } = job.error ?? { code: 'job.cancelled', message: 'It was cancelled.' };
    throw errorOf({ status: 0, code, detail: message });
  }

  private async request<T>(
    method: string,
    path: string,
    { body, also }: { body?: object | undefined; also?: number | undefined } = {},
  ): Promise<T> {
    let response: Response;
    try {
      response = await fetch(new URL(path, this.url), {
        method,
        ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      });
    } catch (cause) {
      const why = `No service answers at ${this.url}; is it running?`;
      throw new Unavailable('service.unreachable', why, { cause });
    }
    const answer = (await response.json()) as T;
    if (!response.ok && response.status !== also) throw errorOf(answer as Problem);
    return answer;
  }
}

function errorOf({ status, code, detail, errors }: Problem): Error {
  const known = { 400: InvalidInput, 404: NotFound, 409: Refused, 503: Unavailable }[status] ?? Unexpected;
  return Reflect.construct(known, [code, detail, errors ? { errors } : {}]) as Error;
}
