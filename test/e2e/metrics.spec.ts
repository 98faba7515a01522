import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { emotion, ids, joyfulTurn, memory, turn } from '../support/builders.js';
import { growth, readExposition, valueOf, type Exposition } from '../support/exposition.js';
import { Store } from '../support/store.js';

const ROOT = join(import.meta.dirname, '../..');
const PROJECTIONS = [
  'current-profile',
  'memory-index',
  'emotion-trend',
  'conversation-window',
  'user-activity',
];

/** Metrics that are documented before they exist. Remove a name when its metric is added. */
const PLANNED_METRICS: string[] = [];

let store: Store;

beforeAll(async () => {
  store = await Store.start();
});

afterAll(() => store.remove());

async function scrape(): Promise<Exposition> {
  const { status, text } = await store.get<string>('/metrics');
  expect(status).toBe(200);
  return readExposition(text);
}

/** The metrics that the service defines itself, without those about Node.js and the process. */
function ownMetrics(names: ReadonlyMap<string, unknown>): string[] {
  return [...names.keys()].filter((name) => !/^edgesoul_(nodejs|process)_/.test(name));
}

/** The metrics that a file names. A match followed by a dash or a dot is the name of a file. */
function namesIn(file: string): Set<string> {
  return new Set(readFileSync(join(ROOT, file), 'utf8').match(/\bedgesoul_[a-z0-9_]*[a-z0-9]\b(?![-.])/g));
}

describe('GET /metrics', () => {
  it('answers in the Prometheus text format, and names only counters with _total', async () => {
    const { headers, text } = await store.get('/metrics');
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const { types } = readExposition(text);
    for (const [name, type] of types) {
      expect(name).toMatch(/^edgesoul_/);
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
    }
  });

  it('counts commands by outcome, their errors by code, and requests by route and status', async () => {
    const user = store.user('counted');
    await user.patch('/profile', { name: 'Ada' });
    const before = await scrape();
    for (const key of ['a', 'b', 'c', 'c']) await user.post('/turns', turn(), { 'idempotency-key': key });
    await user.patch('/profile', { name: 'Eve' }, { 'if-match': '"7"' });
    await user.post('/turns', { sessionId: 'without words' });
    await store.post('/v1/commands', {
      commands: [
        { command: 'FormMemory', userId: 'counted', ...memory({ memoryId: 'boat' }) },
        { command: 'FormMemory', userId: 'counted', ...memory({ memoryId: 'boat' }) },
        { command: 'ObserveEmotion', userId: 'counted', ...emotion() },
      ],
    });
    await user.get('/profile');
    const after = await scrape();
    expect(growth(before, after, /^edgesoul_command/)).toEqual({
      'edgesoul_commands_total{command="RecordTurn",outcome="written"}': 3,
      'edgesoul_commands_total{command="RecordTurn",outcome="replayed"}': 1,
      'edgesoul_commands_total{command="ChangeProfile",outcome="refused"}': 1,
      'edgesoul_commands_total{command="FormMemory",outcome="written"}': 1,
      'edgesoul_commands_total{command="FormMemory",outcome="refused"}': 1,
      'edgesoul_commands_total{command="ObserveEmotion",outcome="written"}': 1,
      'edgesoul_command_errors_total{command="ChangeProfile",code="stream.version-conflict"}': 1,
      'edgesoul_command_errors_total{command="FormMemory",code="memory.already-exists"}': 1,
    });
    const requests = {
      'method="POST",route="/v1/users/:userId/turns",status="201"': 4,
      'method="POST",route="/v1/users/:userId/turns",status="400"': 1,
      'method="PATCH",route="/v1/users/:userId/profile",status="412"': 1,
      'method="POST",route="/v1/commands",status="200"': 1,
      'method="GET",route="/v1/users/:userId/profile",status="200"': 1,
      'method="GET",route="/metrics",status="200"': 1,
    };
    const withLabels = (name: string) =>
      Object.fromEntries(Object.entries(requests).map(([labels, count]) => [`${name}{${labels}}`, count]));
    expect(growth(before, after, /^edgesoul_http_requests_total/)).toEqual(
      withLabels('edgesoul_http_requests_total'),
    );
    const durationCount = 'edgesoul_http_request_duration_seconds_count';
    expect(growth(before, after, /^edgesoul_http_request_duration_seconds_count/)).toEqual(
      withLabels(durationCount),
    );
  });

  it('reports the size and duration of commits, and the positions of the log and the projections', async () => {
    const user = store.user('committed');
    const before = await scrape();
    const begun = performance.now();
    const { position } = (await user.post<{ position: number }>('/turns', joyfulTurn())).body;
    await user.post('/emotions', emotion());
    const seconds = (performance.now() - begun) / 1_000;
    const after = await scrape();
    expect(growth(before, after, /^edgesoul_writer_commit_(commands|events)_(sum|count)/)).toEqual({
      edgesoul_writer_commit_commands_sum: 2,
      edgesoul_writer_commit_commands_count: 2,
      // The user, the session, the turn and its emotion; then another emotion.
      edgesoul_writer_commit_events_sum: 5,
      edgesoul_writer_commit_events_count: 2,
    });
    const durations = growth(before, after, /^edgesoul_writer_commit_duration_seconds_(sum|count)/);
    expect(durations.edgesoul_writer_commit_duration_seconds_count).toBe(2);
    expect(durations.edgesoul_writer_commit_duration_seconds_sum).toBeGreaterThan(0);
    expect(durations.edgesoul_writer_commit_duration_seconds_sum).toBeLessThan(seconds);
    expect(valueOf(after, 'edgesoul_log_head_position')).toBe(position + 1);
    for (const name of PROJECTIONS) {
      expect(after.series.get(`edgesoul_projection_position{projection="${name}"}`)).toBe(position + 1);
      expect(after.series.get(`edgesoul_projection_lag_events{projection="${name}"}`)).toBe(0);
    }
    expect(after.series.get('edgesoul_writer_queue_commands')).toBe(0);
    expect(after.series.get('edgesoul_ready')).toBe(1);
    expect(after.series.get('edgesoul_clock_behind_seconds')).toBe(0);
    expect(after.series.get('edgesoul_clock_steps_total')).toBe(0);
  });

  it('shows that concurrent commands share commits', async () => {
    const before = await scrape();
    await Promise.all(ids('together', 200).map((id) => store.user(id).post('/emotions', emotion())));
    const after = await scrape();
    const grown = growth(before, after, /^edgesoul_writer_commit_(commands|events)_(sum|count)/);
    expect(grown.edgesoul_writer_commit_commands_sum).toBe(200);
    expect(grown.edgesoul_writer_commit_events_sum).toBe(400);
    expect(grown.edgesoul_writer_commit_commands_count).toBeLessThan(200);
  });

  it('has no more series for 25 users than for one, and contains neither their ids nor their texts', async () => {
    const visit = async (id: string) => {
      const user = store.user(id);
      await user.post('/turns', joyfulTurn({ sessionId: id, userMessage: id, topics: [id] }));
      await user.post('/turns', { sessionId: id, surprise: id });
      await user.post('/memories', memory({ memoryId: id, content: id }), { 'idempotency-key': id });
      await user.patch(`/memories/${id}`, { context: id }, { 'if-match': '"9"' });
      await user.post('/emotions', emotion({ emotion: id, triggers: [id] }));
      await user.get(`/memories/${id}`);
      await user.get(`/memories/search?q=${id}`);
      await user.get(`/sessions/${id}`);
      await user.get(`/nothing/${id}`);
      await store.get(`/${id}`);
      await store.get(`/v1/users/${id}/profile?${id}=1`);
      await store.post('/v1/commands', { commands: [{ command: id, userId: id }] });
    };
    await visit('xylograph-0');
    const before = await scrape();
    for (const id of ids('xylograph', 25)) await visit(id);
    const { text } = await store.get('/metrics');
    const after = readExposition(text);
    expect(ownMetrics(after.series).toSorted()).toEqual(ownMetrics(before.series).toSorted());
    expect(text).not.toMatch(/xylograph/i);
    const unknown = 'edgesoul_http_requests_total{method="GET",route="none",status="404"}';
    expect(growth(before, after, /route="none"/)[unknown]).toBe(50);
  });

  it('reports the size of the database', async () => {
    const before = await scrape();
    await Promise.all(
      ids('large', 40).map((id) => store.user(id).post('/turns', turn({ userMessage: 'x'.repeat(16_000) }))),
    );
    const after = await scrape();
    const grown = growth(before, after, /^edgesoul_database_size_bytes$/);
    expect(grown.edgesoul_database_size_bytes).toBeGreaterThan(640_000);
    for (const name of ['edgesoul_database_wal_size_bytes', 'edgesoul_disk_free_bytes']) {
      expect([name, after.types.get(name)]).toEqual([name, 'gauge']);
      expect([name, (after.series.get(name) ?? 0) > 0]).toEqual([name, true]);
    }
  });
});

describe('the files for operators', () => {
  it.each(['ops/grafana-dashboard.json', 'ops/alerts.yml', 'docs/operations.md'])(
    'name only metrics that exist: %s',
    async (file) => {
      const { types } = await scrape();
      const histograms = [...types].filter(([, type]) => type === 'histogram').map(([name]) => name);
      const exposed = new Set([
        ...types.keys(),
        ...histograms.flatMap((name) => [`${name}_bucket`, `${name}_sum`, `${name}_count`]),
        ...PLANNED_METRICS,
      ]);
      expect(namesIn(file).size).toBeGreaterThan(15);
      expect([...namesIn(file)].filter((name) => !exposed.has(name))).toEqual([]);
    },
  );

  it('explain every metric of the service, and show it on the dashboard', async () => {
    const { types } = await scrape();
    const explained = namesIn('docs/operations.md');
    const shown = namesIn('ops/grafana-dashboard.json');
    const isShown = (name: string) =>
      shown.has(name) || shown.has(`${name}_sum`) || shown.has(`${name}_bucket`);
    expect(ownMetrics(types).filter((name) => !explained.has(name))).toEqual([]);
    expect(ownMetrics(types).filter((name) => !isShown(name))).toEqual([]);
  });

  it('name no existing metric as planned', async () => {
    const { types } = await scrape();
    expect(PLANNED_METRICS.filter((name) => types.has(name))).toEqual([]);
  });
});
