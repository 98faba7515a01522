// Runs in its own process: receives what to do beside the chat, does it again and again, and counts it.
import { setTimeout as sleep } from 'node:timers/promises';

/** What runs beside the chat, each as often as it can. */
export interface Bystanders {
  url: string;
  /** Requests that are read to their end, one after another. */
  streams: { name: string; path: string; accept: string }[];
  /** Clients that follow the log from here on. */
  followers: number;
  seconds: number;
}

/** What they got done. */
export interface Witnessed {
  streams: { name: string; finished: number; bytes: number }[];
  /** Events that all followers received together. */
  followed: number;
}

async function run({ url, streams, followers, seconds }: Bystanders): Promise<Witnessed> {
  const end = AbortSignal.timeout(seconds * 1000);
  const results = streams.map(({ name }) => ({ name, finished: 0, bytes: 0 }));
  let followed = 0;
  await Promise.all([
    ...streams.map(async ({ path, accept }, i) => {
      const result = results[i]!;
      while (!end.aborted) {
        const ended = await drain(`${url}${path}`, accept, end, (chunk) => {
          result.bytes += chunk.length;
        });
        if (ended) result.finished++;
      }
    }),
    ...Array.from({ length: followers }, () =>
      drain(`${url}/v1/events/stream?after=${Number.MAX_SAFE_INTEGER}`, 'text/event-stream', end, (chunk) => {
        followed += countOf(chunk, '\nevent:');
      }),
    ),
    sleep(seconds * 1000),
  ]);
  return { streams: results, followed };
}

/** Reads an answer to its end. Returns false if the time was over before. */
async function drain(
  url: string,
  accept: string,
  signal: AbortSignal,
  take: (chunk: Uint8Array) => void,
): Promise<boolean> {
  try {
    const response = await fetch(url, { headers: { accept }, signal });
    if (!response.ok || !response.body)
      throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
    for await (const chunk of response.body) take(chunk);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}

function countOf(chunk: Uint8Array, text: string): number {
  return Buffer.from(chunk).toString('latin1').split(text).length - 1;
}

process.once('message', (task) => {
  run(task as Bystanders).then(
    (witnessed) => process.send!(witnessed),
    (error: unknown) => process.send!({ error: String(error) }),
  );
});
process.once('disconnect', () => process.exit());
