import { join } from 'node:path';
import { startService, type ServiceProcess } from '../../src/cli/service-process.js';
import { startPostgresql, type StartedPostgresql } from '../postgresql-server.mjs';
import { joyfulTurn } from '../support/builders.js';
import { User } from '../support/client.js';
import { runSql } from '../support/postgresql-databases.js';
import { refusedStart } from '../support/store.js';

const CERTIFICATE = join(import.meta.dirname, '../fixtures/tls/server.crt');

let database: StartedPostgresql;
let service: ServiceProcess | undefined;

beforeAll(async () => {
  database = await startPostgresql({ tls: true });
});

afterAll(async () => {
  await service?.stop('SIGKILL');
  await database.stop();
});

const withParameters = (parameters: Record<string, string>) =>
  `${database.url}?${new URLSearchParams(parameters).toString()}`;

describe('a DATABASE_URL that asks for TLS', () => {
  it('encrypts every connection, from the migrations on', async () => {
    service = await startService({
      DATABASE_URL: withParameters({ sslmode: 'verify-full', sslrootcert: CERTIFICATE }),
    });
    const user = new User('ada', () => service?.url ?? '');
    expect((await user.post('/turns', joyfulTurn())).status).toBe(201);
    expect((await user.get('/profile')).status).toBe(200);

    const { rows } = await runSql(
      withParameters({ sslmode: 'no-verify' }),
      `select distinct ssl from pg_stat_ssl join pg_stat_activity using (pid) where application_name = 'edgesoul-store'`,
    );
    expect(rows).toEqual([{ ssl: true }]);
  });

  it('is required when the server accepts nothing else', async () => {
    expect(await refusedStart({ DATABASE_URL: database.url })).toContain('no encryption');
  });

  it('is refused when the certificate of the server is not trusted', async () => {
    const output = await refusedStart({ DATABASE_URL: withParameters({ sslmode: 'verify-full' }) });

    expect(output).toContain('self-signed certificate');
    expect(output).not.toMatch(/\n\s+at /);
    expect(output).not.toContain('test:test');
  });
});
