import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadResult, LoadSpec } from './load.ts';
import { LEAD_IN_MS, type Meter } from './meter.ts';
import { poolOf } from './requests.ts';

/**
 * Sends at a fixed rate, whatever the server does. Each latency counts from the time when the request was
 * due, so that a stall shows in every request that would have waited for it.
 */
export async function openLoop(spec: LoadSpec, rate: number, meter: Meter): Promise<LoadResult> {
  const requests = poolOf(spec);
  const agent = new Agent({ keepAlive: true, maxSockets: spec.connections });
  const total = Math.round((spec.seconds + LEAD_IN_MS / 1000) * rate);
  const start = performance.now();
  let answers = 0;
  const allAnswered = new Promise<void>((resolve) => {
    const record = (status: number, due: number) => {
      meter.answered(status, performance.now() - due);
      if (++answers === total) resolve();
    };
    const send = (count: number) => {
      const due = start + (count * 1000) / rate;
      const { method, path, body = '' } = requests[count % requests.length]!;
      const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
      const sent = request(new URL(path, spec.url), { method, headers, agent }, (response) => {
        response.resume().once('end', () => record(response.statusCode ?? 0, due));
      });
      sent.once('error', (error) => {
        meter.failureSample ||= error.message;
        record(0, due);
      });
      sent.end(body);
    };
    void (async () => {
      for (let count = 0; count < total;) {
        const due = Math.min(total, Math.ceil(((performance.now() - start) / 1000) * rate));
        while (count < due) send(count++);
        await sleep(1);
      }
    })();
  });
  await allAnswered;
  agent.destroy();
  return meter.result();
}
