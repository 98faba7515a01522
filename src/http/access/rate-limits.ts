import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AccessConfig } from '../../config.js';
import { MINUTE_MS } from '../../durations.js';
import { StoreError } from '../../errors.js';

/** 429: the key, or the address, has sent as many requests as it may in this minute. */
export class TooManyRequests extends StoreError<'rate.exceeded'> {
  readonly status = 429;

  constructor(
    /** Seconds to wait before a retry. */
    readonly retryAfter: number,
  ) {
    super('rate.exceeded', `Too many requests; retry in ${retryAfter} seconds.`);
  }
}

type Count = ReturnType<FastifyInstance['createRateLimit']>;

/** Counts requests by key, and by address where there is no valid one. Each process counts its own. */
export class RateLimits {
  private known: Count | undefined;
  private withoutKey: Count | undefined;

  constructor(instance: FastifyInstance, { ofKey, withoutKey }: AccessConfig['limits']) {
    // Not awaited, which would start the server's plugins before there are all of its hooks.
    void instance.register(rateLimit, { global: false });
    instance.addHook('onReady', (done) => {
      this.known = counting(instance, 'known', ofKey);
      this.withoutKey = counting(instance, 'without-key', withoutKey);
      done();
    });
  }

  /** How the request is counted; undefined if it is not. */
  countOf({ caller }: FastifyRequest, refusal: StoreError | undefined): Count | undefined {
    return refusal !== undefined && caller === null ? this.withoutKey : this.known;
  }
}

function counting(instance: FastifyInstance, group: string, max: number): Count | undefined {
  if (max === 0) return undefined;
  const keyGenerator = ({ caller, ip }: FastifyRequest) => `${group} ${caller?.name ?? ip}`;
  return instance.createRateLimit({ max, timeWindow: MINUTE_MS, keyGenerator });
}

/** The refusal of a request that was one too many. */
export function overLimit(limit: Awaited<ReturnType<Count>>): StoreError | undefined {
  return limit.isAllowed || !limit.isExceeded
    ? undefined
    : new TooManyRequests(Math.max(1, limit.ttlInSeconds));
}
