// The yardstick: the least that a Node process can do for a JSON request. Runs in its own process.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** About as large as a profile answer. */
const STORED = {
  userId: 'user-0001',
  name: 'Sam',
  levels: { empathy: 75, humor: 50, formality: 40, verbosity: 60, proactiveness: 50 },
  voice: { enabled: true, speed: 1, pitch: 1, autoSpeak: false },
  interests: ['astronomy', 'hiking', 'piano'],
  dislikes: ['spiders'],
  createdAt: '2025-01-01T00:00:00.000Z',
  updatedAt: '2025-06-01T00:00:00.000Z',
};

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body: unknown = request.method === 'GET' ? STORED : JSON.parse(Buffer.concat(chunks).toString());
    const answer = JSON.stringify(body);
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(answer),
    });
    response.end(answer);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  process.send!({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
process.once('disconnect', () => process.exit());
