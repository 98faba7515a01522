import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import type { DrawnRequest } from './drawn-requests.js';

const INTERNALS = /node_modules|\bSELECT \w|SQLITE_|\bat \w+ \(|\/src\/|dist\//;
/** An answer that never ends: its beginning is enough. */
const ENDLESS = 'text/event-stream';

/**
 * The status of an answer, and what its operation does not declare about it; undefined if it declares all.
 */
export interface Checked {
  status: number;
  undeclared: string | undefined;
}

/** Sends a request and compares the answer with what its operation declares. */
export async function checkAnswer(agent: Agent, origin: string, drawn: DrawnRequest): Promise<Checked> {
  const { hostname: host, port } = new URL(origin);
  // Not as a URL, which would be put into its normal form.
  const sending = request({
    agent,
    host,
    port,
    path: drawn.target,
    method: drawn.operation.method,
    headers: {
      ...drawn.headers,
      ...(drawn.body === undefined ? {} : { 'content-length': Buffer.byteLength(drawn.body) }),
    },
  });
  sending.end(drawn.body);
  const [response] = (await once(sending, 'response')) as [IncomingMessage];
  const { statusCode: status = 0, headers } = response;
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  if (type === ENDLESS) {
    response.destroy();
    return { status, undeclared: difference(drawn, status, type, '') };
  }
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status, undeclared: difference(drawn, status, type, Buffer.concat(chunks).toString()) };
}

function difference(
  { operation }: DrawnRequest,
  status: number,
  type: string,
  text: string,
): string | undefined {
  const answer = `${status} ${type}: ${text.slice(0, 300)}`;
  if (status === 500) return `a failure of the service: ${answer}`;
  if (INTERNALS.test(text)) return `internals of the service: ${answer}`;
  const types = operation.answers.get(String(status));
  if (!types) return `an undeclared status: ${answer}`;
  // An answer without a body has no media type, whatever the route produces.
  if (status === 304) return text === '' ? undefined : `a body that 304 must not have: ${answer}`;
  if (!types.has(type)) return `an undeclared media type: ${answer}`;
  const validate = types.get(type);
  if (!validate || validate(JSON.parse(text))) return undefined;
  return `another shape (${JSON.stringify(validate.errors)}): ${answer}`;
}
