import type { Problem } from '../support/answers.js';
import { emotion } from '../support/builders.js';
import { RawConnection } from '../support/raw-connection.js';
import { Store } from '../support/store.js';

const MIB = 1024 * 1024;
const HEAD = 'POST /v1/commands HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';

/** A batch of that many MiB, one command of which is refused for its length. */
function batch(mebibytes: number): Buffer {
  const start = '{"commands":[{"command":"FormMemory","userId":"large","type":"fact","content":"';
  const end = '"}]}';
  return Buffer.from(start + 'x'.repeat(mebibytes * MIB - start.length - end.length) + end);
}

describe('bodies that are received at the same time', () => {
  let store: Store;
  const held: RawConnection[] = [];

  /** Sends the first part of a batch and stops. */
  async function hold(mebibytes: number, sent: number): Promise<RawConnection> {
    const connection = await RawConnection.open(store.url);
    connection.write(`${HEAD}Content-Length: ${mebibytes * MIB}\r\n\r\n`);
    await connection.written(batch(mebibytes).subarray(0, sent * MIB));
    held.push(connection);
    return connection;
  }

  beforeAll(async () => {
    store = await Store.start({ BODY_MEMORY: '16' });
  });

  afterAll(async () => {
    for (const connection of held) connection.close();
    await store.remove();
  });

  it('may take a bounded memory: one more is refused, and its connection goes on', async () => {
    const all = [await hold(12, 7), await hold(12, 7), await hold(12, 7)];
    const [answer, refused] = await Promise.race(
      all.map(async (connection) => [await connection.firstAnswer(), connection] as const),
    );
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect((JSON.parse(answer.body) as Problem).code).toBe('service.busy');

    await refused.written(batch(12).subarray(7 * MIB));
    const next = 'GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    const [, live] = await refused.write(next).ended();
    expect(live?.status).toBe(200);
  });

  it('leave room for small ones, but not for one whose length is not said', async () => {
    expect((await store.user('small').post('/emotions', emotion())).status).toBe(201);
    const chunked = (await RawConnection.open(store.url)).write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
    held.push(chunked);
    await chunked.written(`${(3 * MIB).toString(16)}\r\n`);
    await chunked.written(batch(3));
    expect((await chunked.firstAnswer()).status).toBe(503);
  });

  it('give the memory back when their clients are gone, and when they are answered', async () => {
    for (const connection of held.splice(0)) connection.close();
    for (let i = 0; i < 3; i++) {
      const body = batch(15).toString();
      const headers = { 'content-type': 'application/json' };
      let status = 503;
      while (status === 503)
        ({ status } = await fetch(`${store.url}/v1/commands`, { method: 'POST', headers, body }));
      expect(status).toBe(200);
    }
  });
});
