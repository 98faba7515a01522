import { setTimeout } from 'node:timers/promises';
import type { Store } from './store.js';

/** What a run of retention has erased, in numbers. */
export interface RunReport {
  events: number;
  memories: number;
  users: number;
  leftOut: number;
  rules: Record<string, number>;
  listed: { userId: string; events: number }[];
}

/** A run of retention, as its route shows it. */
export interface Run {
  retentionId: string;
  state: string;
  done: number;
  total: number;
  isDryRun: boolean | null;
  report: RunReport | null;
  error: object | null;
}

/** Starts a run, and returns its id. */
export async function begin(store: Store, body: object = {}): Promise<string> {
  return (await store.post<{ retentionId: string }>('/v1/ops/retention', body)).body.retentionId;
}

/** Returns what the path shows once it does not run any more. */
export async function ended<T extends { state: string }>(store: Store, path: string): Promise<T> {
  for (;;) {
    const { body } = await store.get<T>(path);
    if (body.state !== 'running') return body;
    await setTimeout(50);
  }
}

/** Starts a run, and waits for its end. */
export async function run(store: Store, body: object = {}): Promise<Run> {
  return ended<Run>(store, `/v1/ops/retention/${await begin(store, body)}`);
}

/** Verifies the store, and expects it to be as its log says. */
export async function verifies(store: Store): Promise<void> {
  const { body } = await store.post<{ verificationId: string }>('/v1/ops/verifications');
  const path = `/v1/ops/verifications/${body.verificationId}`;
  expect(await ended(store, path)).toMatchObject({ state: 'done', ok: true });
}
