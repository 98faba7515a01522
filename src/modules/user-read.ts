import {
  applyDecorators,
  Injectable,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type Type,
} from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { NotFound, Unavailable } from '../errors.js';
import { Doorbell } from '../events/log/doorbell.js';
import type { LastPositions } from '../events/log/log-point.js';
import { Reads } from '../projections/reads/reads.js';
import { resolveAsOf } from './as-of.js';
import { RequestReads } from './request-reads.js';

/** The header of a read's answer with the position up to which it holds. */
export const POSITION_HEADER = 'Edgesoul-Position';

/** That header in the OpenAPI document. */
export const POSITION_HEADERS = {
  [POSITION_HEADER]: {
    description:
      'The answer holds the events up to this position, and none after it: `asOf` with it gives the same answer later.',
    schema: { type: 'integer', minimum: 0 },
  },
} as const;

/**
 * A user who is written to so often that this many answers were out of date at once is read at a position.
 */
const MAX_ATTEMPTS = 3;
/** Longest wait for a position, ms; UserReadQuery documents it. */
const MAX_WAIT_MS = 3_000;
/** Interval at which a wait looks into the database, in case a ring was lost, ms. */
const POLL_MS = 250;

interface Answering {
  userId: string;
  reply: FastifyReply;
  /** Validates the request and runs its handler; may be called again. */
  answer: () => Promise<unknown>;
}

/**
 * Gives every read of one user its position. It waits for `minPosition`, has the handler answer about the
 * present or about `asOf`, and says in the header up to which position the answer holds.
 */
@Injectable()
export class UserReadInterceptor implements NestInterceptor {
  /** The end of the log as last seen. */
  private known = 0;

  constructor(
    private readonly reads: Reads,
    private readonly requestReads: RequestReads,
    private readonly doorbell: Doorbell,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const { method, params, query, body } = http.getRequest<FastifyRequest>();
    const { userId = '' } = params as { userId?: string };
    const reply = http.getResponse<FastifyReply>();
    const answer = () => lastValueFrom(next.handle(), { defaultValue: undefined });
    // A question that is too long for a URL comes as a body.
    const asked = method === 'POST' ? body : query;
    return from(this.answer({ userId, reply, answer }, (asked ?? {}) as Record<string, unknown>));
  }

  /** What is not even text or a number is left to the handler's own validation. */
  private async answer(answering: Answering, query: Record<string, unknown>): Promise<unknown> {
    const minPosition = Number(query['minPosition'] ?? 0);
    if (Number.isSafeInteger(minPosition) && minPosition > 0) await this.waitFor(minPosition);
    const { asOf } = query;
    if (typeof asOf !== 'string' || asOf === '') return this.answerNow(answering);
    const { position } = await resolveAsOf(this.reads, asOf);
    checkNotErased(answering.userId, await this.reads.lastPositions(answering.userId), position);
    return this.answerAt(position, answering);
  }

  private answerAt(position: number, { userId, reply, answer }: Answering): Promise<unknown> {
    void reply.header(POSITION_HEADER, position);
    return this.requestReads.at(userId, position, answer);
  }

  /**
   * Answers about the present. Everything up to a position seen before is in the rows that the handler reads;
   * if the user has no later event after them, the answer is exactly that of the position. Else it is made
   * again. This costs one point read, and no transaction around the handler.
   */
  private async answerNow(answering: Answering): Promise<unknown> {
    const { userId, reply, answer } = answering;
    let position = Math.max(this.known, this.doorbell.position);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const outcome = await outcomeOf(() => this.requestReads.now(position, answer));
      // An answer that is sent in parts says its own position.
      if (reply.hasHeader(POSITION_HEADER)) return valueOf(outcome);
      const positions = await this.reads.lastPositions(userId);
      checkNotErased(userId, positions);
      const { head, last } = positions;
      this.known = head;
      if (last <= position && position <= head) {
        void reply.header(POSITION_HEADER, position);
        return valueOf(outcome);
      }
      position = head;
    }
    return this.answerAt(position, answering);
  }

  /** Waits until the log and the rows are at the position. Throws Unavailable after three seconds. */
  private async waitFor(position: number): Promise<void> {
    const end = performance.now() + MAX_WAIT_MS;
    for (;;) {
      const rung = this.doorbell.position;
      const { head, projections } = await this.reads.positions();
      const lags = ({ name, status, position: folded }: (typeof projections)[number]) =>
        status === 'behind' && folded < position && this.reads.gate.whyClosed(name) === undefined;
      if (head >= position && !projections.some(lags)) return;
      const left = end - performance.now();
      if (left <= 0) throw notReached(position, head);
      await this.doorbell.waitBeyond(Math.max(position - 1, rung), Math.min(left, POLL_MS), NEVER);
    }
  }
}

/**
 * Nothing of an erased user is answered, not even that there is nothing; and nothing of the time before the
 * id became a new user's.
 */
export function checkNotErased(
  userId: string,
  { erased, reopened }: LastPositions,
  position = Infinity,
): void {
  if (erased > 0 || position < reopened) throw NotFound.user(userId);
}

const NEVER = new AbortController().signal;

function notReached(position: number, head: number): Unavailable {
  return new Unavailable(
    'read.position-not-reached',
    `The log does not reach position ${position} yet; it ends at ${head}. Retry, or read without minPosition.`,
    { extra: { head } },
  );
}

type Outcome = { value: unknown } | { notFound: NotFound };

/** That something does not exist is an answer, too: it holds up to a position. */
async function outcomeOf(answer: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { value: await answer() };
  } catch (error) {
    if (error instanceof NotFound) return { notFound: error };
    throw error;
  }
}

function valueOf(outcome: Outcome): unknown {
  if ('notFound' in outcome) throw outcome.notFound;
  return outcome.value;
}

/** Marks a read of one user, whose query is a UserReadQuery, and documents its answer. */
export function UserRead(type: Type): MethodDecorator {
  return applyDecorators(
    UseInterceptors(UserReadInterceptor),
    ApiOkResponse({ type, headers: POSITION_HEADERS }),
  );
}
