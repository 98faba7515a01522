import type { FastifyInstance } from 'fastify';
import { Counter, Histogram, type Registry } from 'prom-client';

const SECOND_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
/** One value for all paths that no route has: a scanner must not make a series for each. */
const NO_ROUTE = 'none';

/** Counts and times every request by its route's pattern, which has no ids in it. */
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
    help: 'Time from a request to the end of its answer, without event streams.',
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
    // An event stream lasts as long as its reader wants it to.
    if (!String(reply.getHeader('content-type')).startsWith('text/event-stream'))
      durations.observe(labels, reply.elapsedTime / 1_000);
    done();
  });
}
