import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type PeerCertificate } from 'node:tls';
import { startService, type ServiceProcess } from '../../src/cli/service-process.js';
import { refusedStart } from '../support/store.js';

const FIXTURES = join(import.meta.dirname, '../fixtures/tls');

let folder: string;
let cert: string;
let key: string;
let service: ServiceProcess;

const settings = () => ({
  DATA_DIR: join(folder, 'data'),
  BACKUP_DIR: join(folder, 'backups'),
  TLS_CERT: cert,
  TLS_KEY: key,
  HEADERS_TIMEOUT: '1',
});

/** Copies a certificate of the fixtures to where the service reads it. */
const install = (name: string) =>
  Promise.all([copyFile(join(FIXTURES, `${name}.crt`), cert), copyFile(join(FIXTURES, `${name}.key`), key)]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgesoul-tls-'));
  cert = join(folder, 'tls.crt');
  key = join(folder, 'tls.key');
  await install('server');
  service = await startService(settings());
});

afterAll(async () => {
  await service.stop('SIGKILL');
  await rm(folder, { recursive: true });
});

const port = () => Number(new URL(service.url).port);

/** The certificate that the service shows. */
function shown(): Promise<PeerCertificate> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: port(), rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate());
      socket.end();
    });
    socket.on('error', reject);
  });
}

function status(path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sending = request({ port: port(), path, rejectUnauthorized: false, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sending.on('error', reject).end();
  });
}

describe('a service with TLS_CERT and TLS_KEY', () => {
  it('speaks HTTPS, and announces its address so', async () => {
    expect(service.url).toMatch(/^https:/);
    expect(await status('/health/ready')).toBe(200);
    expect((await shown()).subject.CN).toBe('localhost');
  });

  it('survives who speaks HTTP, or nothing that is known', async () => {
    for (const text of [
      'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
      '\u0000\u0001\u0002',
      '\u0016\u0003\u0001\u0000\u0005hello',
    ]) {
      const closed = new Promise((resolve) => {
        const socket = connectTcp(port(), '127.0.0.1', () => socket.write(text));
        socket
          .on('data', () => undefined)
          .on('error', () => undefined)
          .on('close', resolve);
      });
      await closed;
    }
    expect(await status('/health/live')).toBe(200);
  });

  it('takes up a renewed certificate without a restart, and keeps the old one while a pair does not fit', async () => {
    const before = (await shown()).fingerprint256;
    await copyFile(join(FIXTURES, 'renewed.crt'), cert);
    while (!service.log.some((line) => line.includes('cannot be used'))) await sleep(100);
    expect((await shown()).fingerprint256).toBe(before);
    await install('renewed');
    while ((await shown()).fingerprint256 === before) await sleep(100);
    expect(await status('/health/live')).toBe(200);
  });
});

describe('the start', () => {
  it('is refused with files that are no certificate and its key', async () => {
    const other = { ...settings(), DATA_DIR: join(folder, 'other') };
    expect(await refusedStart({ ...other, TLS_CERT: join(folder, 'none') })).toMatch(
      /cannot be used: .*ENOENT/,
    );
    const text = join(folder, 'text');
    await writeFile(text, 'no certificate');
    expect(await refusedStart({ ...other, TLS_CERT: text })).toMatch(/TLS_CERT .* cannot be used/);
    const output = await refusedStart({
      ...other,
      TLS_KEY: join(FIXTURES, 'server.key'),
      TLS_CERT: join(FIXTURES, 'renewed.crt'),
    });
    expect(output).toMatch(/cannot be used/);
    expect(output).not.toMatch(/\n\s+at /);
    expect(output).not.toContain((await readFile(join(FIXTURES, 'server.key'), 'utf8')).slice(40, 80));
  });
});
