import { once } from 'node:events';
import { request, type Agent, type IncomingMessage } from 'node:http';
import type { DrawnRequest } from './drawn-requests.js';
import { Masked } from './masked.js';

/** Headers that say when and over what an answer came; the body is compared whole, without what has another length. */
const UNCOMPARED = new Set([
  'date',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'etag',
]);
/** An answer that never ends: its head is enough. */
const ENDLESS = 'text/event-stream';

/** A service, and the token with which it is asked. */
export interface Asked {
  origin: string;
  token: string;
}

/** Sends the same requests to two stores, and finds the answers that are not the same. */
export class SameAnswers {
  /** The first different answers, by operation. */
  readonly differences = new Map<string, string>();
  private readonly masks = [new Masked(), new Masked()] as const;

  constructor(
    private readonly agent: Agent,
    private readonly stores: readonly [Asked, Asked],
  ) {}

  async compare(drawn: DrawnRequest): Promise<void> {
    const [one, other] = await Promise.all(
      this.stores.map(async (asked, i) => {
        const answer = await send(this.agent, asked, drawn);
        return (this.masks[i] as Masked).of(answer);
      }),
    );
    if (one === other) return;
    const { operation, target, body = '' } = drawn;
    const name = `${operation.method} ${operation.path}`;
    const sent = `${operation.method} ${target.slice(0, 200)} ${body.slice(0, 200)}`;
    // Later ones may follow from the first.
    if (!this.differences.has(name))
      this.differences.set(name, `${sent}\n${excerpt(one, other)}\n${excerpt(other, one)}`);
  }
}

/** Returns status, headers and body of the answer, with all ids and times. */
export async function send(
  agent: Agent,
  { origin, token }: Asked,
  { operation, target, headers, body }: DrawnRequest,
): Promise<string> {
  const { hostname: host, port } = new URL(origin);
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  const fields = { ...headers, ...length, authorization: `Bearer ${token}` };
  // Not as a URL, which would be put into its normal form.
  const sending = request({ agent, host, port, path: target, method: operation.method, headers: fields });
  sending.end(body);
  const [response] = (await once(sending, 'response')) as [IncomingMessage];
  const head = Object.entries(response.headers).filter(([name]) => !UNCOMPARED.has(name));
  const chunks: Buffer[] = [];
  if (response.headers['content-type']?.startsWith(ENDLESS)) response.destroy();
  else for await (const chunk of response) chunks.push(chunk as Buffer);
  return `${response.statusCode} ${JSON.stringify(head)}\n${Buffer.concat(chunks).toString()}`;
}

/** The part of a text around the first place where it differs from another one. */
function excerpt(text = '', other = ''): string {
  let same = 0;
  while (same < text.length && text[same] === other[same]) same++;
  return `  …${text.slice(Math.max(0, same - 150), same + 150)}…`;
}
