import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import type { CheckpointRow } from '../../src/events/log/log-tables.js';
import { joyfulTurn } from '../support/builders.js';
import { edgesoul } from '../support/edgesoul.js';
import { refusalOf } from '../support/expectations.js';
import { runSql } from '../support/postgresql-databases.js';
import { Store } from '../support/store.js';

jest.setTimeout(120_000);

const NAME = 'emotion-trend';

interface Projections {
  items: { name: string; state: string; lag: number; lastError?: string }[];
}

let store: Store;
let own: Pick<CheckpointRow, 'version' | 'position'>;

beforeAll(async () => {
  store = await Store.start();
  await store.user('ada').post('/turns', joyfulTurn());
  own = await checkpoint();
});

afterAll(() => store.remove());

const url = () => store.databaseUrl ?? '';

async function checkpoint(): Promise<typeof own> {
  const { rows } = await runSql(
    url(),
    `select version, position::int from checkpoints where projection = '${NAME}'`,
  );
  return rows[0] as typeof own;
}

/** What a process of another release has made of the projection. */
async function made({ version, position }: typeof own): Promise<void> {
  await runSql(
    url(),
    `update checkpoints set version = ${version}, position = ${position} where projection = '${NAME}'`,
  );
}

const emotions = () => store.user('ada').get<{ items: object[] }>('/emotions');

async function state() {
  const { items } = (await store.get<Projections>('/v1/ops/projections')).body;
  return items.find(({ name }) => name === NAME);
}

describe('beside processes of another release on one database', () => {
  it('an older one refuses what a newer one has rebuilt, also after a restart, and writes on', async () => {
    expect((await emotions()).status).toBe(200);
    await made({ ...own, version: own.version + 1 });
    let answer = await emotions();
    for (; answer.status === 200; answer = await emotions()) await sleep(50);
    expect(refusalOf(answer)).toBe('503 projection.unavailable');
    expect(await state()).toMatchObject({ state: 'failed', lastError: expect.stringContaining('newer') });
    expect((await store.get('/health/ready')).status).toBe(503);
    expect((await store.user('ada').get('/conversation')).status).toBe(200);

    await store.restart();
    expect(refusalOf(await emotions())).toBe('503 projection.unavailable');
    expect((await store.user('ada').post('/turns', joyfulTurn())).status).toBe(201);
    expect(await checkpoint()).toEqual({ ...own, version: own.version + 1 });
  });

  it('a newer one folds what an older one has left behind, without a restart', async () => {
    // What stands in the log since then was folded by nobody.
    await made(own);
    let at = await state();
    for (; at?.state !== 'live'; at = await state()) await sleep(50);
    expect(at.lag).toBe(0);
    expect((await emotions()).status).toBe(200);
    expect((await store.get('/health/ready')).status).toBe(200);
    expect((await store.user('ada').post('/turns', joyfulTurn())).status).toBe(201);
    expect((await edgesoul(['verify', '--json'], store.settings)).code).toBe(0);
  });
});
