// Runs in its own process: receives a LoadSpec as its first message, loads the server, sends a LoadResult.
import autocannon, { type Client } from 'autocannon';
import type { LoadResult, LoadSpec } from './load.ts';
import { LEAD_IN_MS, Meter } from './meter.ts';
import { openLoop } from './open-loop.ts';
import { RequestPool } from './requests.ts';

/** Timeout of a request. It is long because a shared machine may stall for a while. */
const TIMEOUT_SECONDS = 30;

async function closedLoop(spec: LoadSpec): Promise<LoadResult> {
  const pool = new RequestPool(spec);
  const meter = new Meter();
  const run = autocannon({
    url: spec.url,
    connections: spec.connections,
    duration: spec.seconds + LEAD_IN_MS / 1000,
    sampleInt: 100,
    timeout: TIMEOUT_SECONDS,
    setupClient: (client) => {
      // autocannon encodes a request again whenever it changes (20 us of CPU); prepared bytes avoid that.
      client.getRequestBuffer = () => pool.next();
      keepFirstFailure(client, meter);
    },
  });
  run.on('response', (_client, status, _bytes, latencyMs) => meter.answered(status, latencyMs));
  run.on('reqError', (error) => {
    meter.answered(0, 0);
    meter.failureSample ||= String(error);
  });
  await run;
  return meter.result();
}

function keepFirstFailure(client: Client, meter: Meter): void {
  let failed = false;
  client.on('headers', ({ statusCode }) => {
    failed = statusCode < 200 || statusCode > 299;
  });
  client.on('body', (body) => {
    if (failed) meter.failureSample ||= body.toString('utf8').slice(0, 800);
  });
}

async function runSpec(spec: LoadSpec): Promise<void> {
  const result =
    spec.rate === undefined ? await closedLoop(spec) : await openLoop(spec, spec.rate, new Meter());
  process.send!(result);
}

process.once('message', (message) => void runSpec(message as LoadSpec));
process.once('disconnect', () => process.exit());
