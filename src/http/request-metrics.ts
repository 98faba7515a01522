import type { FastifyInstance } from 'fastify';
import { Counter, Histogram, type Registry } from 'prom-client';

const SECOND_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
/** Route label of all requests without a route: a scanner must not create a series for each path. */
const NO_ROUTE = 'none';

/** Counts and times every request under its route's pattern, which contains no ids. */
export function measureRequests(instance: FastifyInstance, registry: Registry): void {
  const labelNames = ['method', 'route', 'status'] as const;
  const requests = new Counter({
    name: 'edgesoul_http_requests_total',
    help: 'HTTP requests answered.',
    labelNames,
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'edgesoul_http_request_duration_seconds',
    help: 'Time from the start of a request to the end of its answer; event streams are left out.',
    labelNames,
    buckets: SECOND_BUCKETS,
    registers: [registry],
  });
  instance.addHook('onResponse', (request, reply, done) => {
    const labels = {
      method: request.method,
      route: request.routeOptions.url ?? NO_ROUTE,
      status: reply.statusCode,
    };
    requests.inc(labels);
    // An event stream lasts until its client leaves, so its duration means nothing.
    if (!String(reply.getHeader('content-type')).startsWith('text/event-stream'))
      durations.observe(labels, reply.elapsedTime / 1_000);
    done();
  });
}
