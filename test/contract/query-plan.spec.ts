import { globSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { QueryBus } from '@nestjs/cqrs';
import Database from 'better-sqlite3';
import { termsView } from '../../src/database/sqlite/sqlite-indexed-terms.js';
import type { Key } from '../../src/database/table.js';
import { EventCatalog } from '../../src/events/event-catalog.js';
import { Doorbell } from '../../src/events/log/doorbell.js';
import { jsonCodec } from '../../src/events/log/event-codec.js';
import { SqliteEventLog } from '../../src/events/log/sqlite-event-log.js';
import type { PersonReadsQuery } from '../../src/modules/audit/audit.dto.js';
import { ListPersonReads, ListPersonReadsHandler } from '../../src/modules/audit/list-person-reads.query.js';
import type { Recording } from '../../src/modules/audit/recording.js';
import { POLICY_1 } from '../../src/modules/context/policy/built-in-policy.js';
import { named } from '../../src/modules/context/policy/policies.js';
import { GetContext, GetContextHandler } from '../../src/modules/context/queries/get-context.query.js';
import { ListUses, ListUsesHandler } from '../../src/modules/context/queries/list-uses.query.js';
import {
  GetConversation,
  GetConversationHandler,
} from '../../src/modules/conversation/queries/get-conversation.query.js';
import { GetTurn, GetTurnHandler } from '../../src/modules/conversation/queries/get-turn.query.js';
import {
  ListSessions,
  ListSessionsHandler,
} from '../../src/modules/conversation/queries/list-sessions.query.js';
import { ListTurns, ListTurnsHandler } from '../../src/modules/conversation/queries/list-turns.query.js';
import {
  GetEmotionTrend,
  GetEmotionTrendHandler,
} from '../../src/modules/emotion/queries/get-emotion-trend.query.js';
import {
  GetObservation,
  GetObservationHandler,
} from '../../src/modules/emotion/queries/get-observation.query.js';
import { ListEmotions, ListEmotionsHandler } from '../../src/modules/emotion/queries/list-emotions.query.js';
import {
  ListObservations,
  ListObservationsHandler,
} from '../../src/modules/emotion/queries/list-observations.query.js';
import { CopyEvents, CopyEventsHandler } from '../../src/modules/feed/copy-events.query.js';
import type { EventsQuery } from '../../src/modules/feed/feed.dto.js';
import { FollowEvents, FollowEventsHandler } from '../../src/modules/feed/follow-events.query.js';
import { LogPages } from '../../src/modules/feed/log-pages.js';
import { OpenFeed, OpenFeedHandler } from '../../src/modules/feed/open-feed.query.js';
import { PacedDoorbell } from '../../src/modules/feed/paced-doorbell.js';
import { PageMemory } from '../../src/modules/feed/page-memory.js';
import { ReadEvents, ReadEventsHandler } from '../../src/modules/feed/read-events.query.js';
import { SharedPages } from '../../src/modules/feed/shared-pages.js';
import { GetEmbedding, GetEmbeddingHandler } from '../../src/modules/memory/queries/get-embedding.query.js';
import {
  GetMemoryHistory,
  GetMemoryHistoryHandler,
} from '../../src/modules/memory/queries/get-memory-history.query.js';
import { GetMemory, GetMemoryHandler } from '../../src/modules/memory/queries/get-memory.query.js';
import {
  ListForgettable,
  ListForgettableHandler,
} from '../../src/modules/memory/queries/list-forgettable.query.js';
import { ListMemories, ListMemoriesHandler } from '../../src/modules/memory/queries/list-memories.query.js';
import {
  SearchMemories,
  SearchMemoriesHandler,
} from '../../src/modules/memory/queries/search-memories.query.js';
import { cursors, type CursorScope } from '../../src/modules/page-cursor.js';
import { GetPosition, GetPositionHandler } from '../../src/modules/positions/get-position.query.js';
import { LearnedEvents } from '../../src/modules/profile/learning/learned-events.js';
import { GetProfile, GetProfileHandler } from '../../src/modules/profile/queries/get-profile.query.js';
import { ListLearned, ListLearnedHandler } from '../../src/modules/profile/queries/list-learned.query.js';
import { NO_QUOTAS } from '../../src/modules/quota-usage.js';
import {
  ListRetractions,
  ListRetractionsHandler,
} from '../../src/modules/retraction/queries/list-retractions.query.js';
import {
  PreviewRetraction,
  PreviewRetractionHandler,
} from '../../src/modules/retraction/queries/preview-retraction.query.js';
import { GetStats, GetStatsHandler } from '../../src/modules/stats/get-stats.query.js';
import { GetTimeline, GetTimelineHandler } from '../../src/modules/timeline/get-timeline.query.js';
import { UserLog } from '../../src/modules/user-log.js';
import type { Retractions } from '../../src/operations/retraction/retractions.js';
import { EventCopies } from '../../src/operations/transfer/event-copies.js';
import { memoriesTable } from '../../src/projections/memory-index.projection.js';
import { timelineOf } from '../../src/projections/past/timeline.js';
import type { Reads } from '../../src/projections/reads/reads.js';
import type { PastReads } from '../../src/store/past-reads.js';
import { EventWriter } from '../../src/writer/event-writer.js';
import { receiptOf } from '../support/builders.js';
import { COMMANDS_SENT, EMBEDDING } from '../support/every-command.js';
import { liveFolds } from '../support/folds.js';
import { costlySteps } from '../support/query-plan.js';
import { ReadsHere } from '../support/reads-here.js';
import { PlanReader, plansWith } from '../support/retract.js';
import { migratedFile } from '../support/scratch.js';
import { COMMAND_NAMES, send } from '../support/sent-commands.js';

const FROM = '2025-03-01T00:00:00Z';
const TO = '2025-04-01T00:00:00Z';
const AT = Date.parse(FROM);
const ALL_FILTERS = { type: 'fact', from: FROM, to: TO, minConfidence: 0.1, minImportance: 0.1 } as const;

/** After the last event that the test writes. */
const HEAD = 1_000_000;
const NEVER = new AbortController().signal;

type Question = (reads: ReadsHere) => Promise<unknown>;

/** The cursor of a page that ended with that sort key; nothing for the first page. */
async function cursorOf(
  reads: Reads,
  list: Pick<CursorScope, 'route' | 'filters'>,
  after: Key[] | undefined,
): Promise<{ cursor?: string }> {
  if (!after) return {};
  return { cursor: cursors({ ...(await reads.storeHead()), userId: 'ada', ...list }).encode(after) };
}

const profile: Question = (reads) => new GetProfileHandler(reads).execute(new GetProfile('ada'));
const stats: Question = (reads) => new GetStatsHandler(reads, NO_QUOTAS).execute(new GetStats('ada'));
const memory: Question = (reads) => new GetMemoryHandler(reads).execute(new GetMemory('ada', 'm1'));
const embedding: Question = (reads) => new GetEmbeddingHandler(reads).execute(new GetEmbedding('ada', 'm1'));
const emotions: Question = (reads) => new ListEmotionsHandler(reads).execute(new ListEmotions('ada'));
const memories = (filters: ListMemories['query'], after?: Key[]): Question => {
  return async (reads) => {
    const query = { ...filters, ...(await cursorOf(reads, { route: 'memories', filters }, after)) };
    return new ListMemoriesHandler(reads).execute(new ListMemories('ada', query));
  };
};
const search = (query: SearchMemories['query']): Question => {
  return (reads) => new SearchMemoriesHandler(reads).execute(new SearchMemories('ada', query));
};
const trend = (query: GetEmotionTrend['query']): Question => {
  return (reads) => new GetEmotionTrendHandler(reads).execute(new GetEmotionTrend('ada', query));
};
const conversation = (sessionId?: string): Question => {
  return (reads) => new GetConversationHandler(reads).execute(new GetConversation('ada', sessionId));
};
const sessions = (after?: Key[]): Question => {
  return async (reads) => {
    const query = await cursorOf(reads, { route: 'sessions' }, after);
    return new ListSessionsHandler(reads).execute(new ListSessions('ada', query));
  };
};
/** A turn or an observation that is there, and one that is not. */
const single = (which: 'turn' | 'observation'): Question => {
  return async (reads) => {
    const log = new UserLog(reads);
    const turns = await new ListTurnsHandler(reads, log).execute(new ListTurns('ada', {}));
    const observations = new ListObservationsHandler(reads, log);
    const { items } = await observations.execute(new ListObservations('ada', {}));
    const ids =
      which === 'turn' ? turns.items.map(({ turnId }) => turnId) : items.map((item) => item.eventId);
    const get = (id: string): Promise<unknown> =>
      which === 'turn'
        ? new GetTurnHandler(reads, log).execute(new GetTurn('ada', id))
        : new GetObservationHandler(reads, log).execute(new GetObservation('ada', id));
    for (const id of ids) await get(id);
    return get('unknown').catch(() => undefined);
  };
};
const turns = (query: ListTurns['query'], after?: Key[]): Question => {
  return async (reads) => {
    const { sessionId } = query;
    const page = await cursorOf(reads, { route: 'turns', filters: { sessionId } }, after);
    return new ListTurnsHandler(reads, new UserLog(reads)).execute(
      new ListTurns('ada', { ...query, ...page }),
    );
  };
};
const observations = (query: ListObservations['query'], after?: Key[]): Question => {
  return async (reads) => {
    const page = await cursorOf(reads, { route: 'observations', filters: query }, after);
    const handler = new ListObservationsHandler(reads, new UserLog(reads));
    return handler.execute(new ListObservations('ada', { ...query, ...page }));
  };
};
const learned = (after?: Key[]): Question => {
  return async (reads) => {
    const query = await cursorOf(reads, { route: 'learned' }, after);
    return new ListLearnedHandler(reads, new LearnedEvents(reads)).execute(new ListLearned('ada', query));
  };
};
const history: Question = (reads) =>
  new GetMemoryHistoryHandler(reads, reads).execute(new GetMemoryHistory('ada', 'm1', {}));
const forgettable = (conditions: ListForgettable['conditions']): Question => {
  return (reads) => new ListForgettableHandler(reads).execute(new ListForgettable('ada', conditions));
};
const uses = (after?: Key[]): Question => {
  return async (reads) => {
    const query = await cursorOf(reads, { route: 'uses', filters: { memoryId: 'm1' } }, after);
    return new ListUsesHandler(reads).execute(new ListUses('ada', 'm1', query));
  };
};
/** The handlers of the queries that a context asks, in place of the bus. */
function busOver(reads: ReadsHere): QueryBus {
  const handlers = new Map<unknown, { execute: (query: never) => Promise<unknown> }>([
    [GetProfile, new GetProfileHandler(reads)],
    [GetConversation, new GetConversationHandler(reads)],
    [ListEmotions, new ListEmotionsHandler(reads)],
    [ListMemories, new ListMemoriesHandler(reads)],
    [SearchMemories, new SearchMemoriesHandler(reads)],
  ]);
  const execute = (query: object) => handlers.get(query.constructor)?.execute(query as never);
  return { execute } as unknown as QueryBus;
}
const context = (q: string, sessionId: string | null = null): Question => {
  const parameters = { q, sessionId, maxTokens: 1_500, format: 'json' } as const;
  return (reads) =>
    new GetContextHandler(busOver(reads), reads).execute(new GetContext('ada', parameters, named(POLICY_1)));
};
const position: Question = (reads) => new GetPositionHandler(reads).execute(new GetPosition(FROM));
const timeline: Question = (reads) => {
  const past = {
    timeline: (userId: string, upTo: number) => timelineOf(reads, userId, upTo),
  } as unknown as PastReads;
  return new GetTimelineHandler(reads, past).execute(new GetTimeline('ada'));
};
const openFeed: Question = (reads) => new OpenFeedHandler(reads).execute(new OpenFeed(0));
const events = (query: EventsQuery): Question => {
  return (reads) =>
    new ReadEventsHandler(new LogPages(reads)).execute(
      new ReadEvents({ ...query, upTo: HEAD }, new PageMemory().lease(), NEVER),
    );
};

const copy = (query: EventsQuery): Question => {
  return async (reads) => {
    const handler = new CopyEventsHandler(new LogPages(reads), new EventCopies({ file: '' }));
    const pieces = await handler.execute(new CopyEvents({ ...query, upTo: HEAD }, 'ndjson', NEVER));
    let bytes = 0;
    for await (const { length } of pieces) bytes += length;
    return bytes;
  };
};
const follow = (query: FollowEvents['query']): Question => {
  return async (reads) => {
    const doorbell = new PacedDoorbell(new Doorbell(), 0);
    const handler = new FollowEventsHandler(new SharedPages(new LogPages(reads), doorbell), doorbell);
    const pieces = await handler.execute(new FollowEvents(query, NEVER));
    await pieces.next();
    return pieces.return(undefined);
  };
};

/** Queries that are not about one user: they read pages by key, or scan in a thread of their own. */
const OF_ALL_USERS = [
  'src/modules/ops/**',
  'src/modules/reports/**',
  'src/modules/profile/queries/list-users.query.ts',
];
function retractions(after?: Key[]): Question {
  return async (reads) => {
    const query = await cursorOf(reads, { route: 'retractions' }, after);
    return new ListRetractionsHandler(reads, reads).execute(new ListRetractions('ada', query));
  };
}

function personReads(filters: PersonReadsQuery, after?: Key[]): Question {
  return async (reads) => {
    const query = { ...filters, ...(await cursorOf(reads, { route: 'access', filters }, after)) };
    const recording = { isOn: true } as Recording;
    return new ListPersonReadsHandler(reads, recording).execute(new ListPersonReads('ada', query));
  };
}

/** What changes is worked out over another connection, from the user's events. */
async function previewRetraction(reads: Reads): Promise<unknown> {
  const changes = { events: [], lasting: [], changed: 0, changes: {}, unknown: {}, firstChanges: [] };
  const planned = { ...changes, lastPosition: 0, memoryIds: [], refolded: { projections: [], rows: [] } };
  const plans = { plan: async () => planned } as unknown as Retractions;
  const preview = new PreviewRetraction('ada', { memoryIds: ['m1'] }, { memoryIds: ['m1'] });
  return new PreviewRetractionHandler(reads, plans).execute(preview);
}

/** Every query that a request about a user can run, by its file name, with and without its filters. */
const QUESTIONS: Record<string, Question[]> = {
  'get-profile': [profile],
  'get-position': [position],
  'get-timeline': [timeline],
  'get-stats': [stats],
  'get-memory': [memory],
  'get-embedding': [embedding],
  'get-memory-history': [history],
  'list-forgettable': [forgettable({ types: ['fact'] }), forgettable({ olderThan: TO, q: 'harbour' })],
  'list-learned': [learned(), learned([9])],
  'list-memories': [
    memories({}),
    memories({ from: FROM }),
    memories({ to: TO }),
    memories(ALL_FILTERS),
    memories({}, [0, AT, 9]),
    memories({}, [1, AT, 9]),
    memories(ALL_FILTERS, [0, AT, 9]),
    memories({ ...ALL_FILTERS, includeExpired: 'true', includeSuperseded: 'false' }),
    memories({ pinned: 'true' }),
  ],
  'search-memories': [
    search({ q: 'harbour' }),
    search({
      q: 'Where was the boat in May 2026?',
      from: '2026-01-01T00:00:00Z',
      to: '2027-01-01T00:00:00Z',
    }),
    search({ q: 'harbour', embedding: EMBEDDING, embeddingModel: 'model' }),
    search({ q: 'the harbour and a boat', types: ['fact', 'pattern'], minConfidence: 0.9, limit: 100 }),
  ],
  'list-emotions': [emotions],
  'get-emotion-trend': [trend({}), trend({ from: FROM }), trend({ to: TO }), trend({ from: FROM, to: TO })],
  'get-conversation': [conversation(), conversation('s1')],
  'list-sessions': [sessions(), sessions([AT, 's1'])],
  'get-turn': [single('turn')],
  'list-turns': [turns({}), turns({}, [9]), turns({ sessionId: 's1' }), turns({ sessionId: 's1' }, [9])],
  'get-observation': [single('observation')],
  'list-observations': [
    observations({}),
    observations({}, [AT, 9]),
    observations({ emotion: 'joy', from: FROM, to: TO }),
    observations({ emotion: 'joy', from: FROM, to: TO }, [AT, 9]),
  ],
  'get-context': [context('harbour'), context(''), context('harbour', 's1'), context('', 'unknown')],
  'list-uses': [uses(), uses([9])],
  'list-person-reads': [personReads({}), personReads({ from: FROM, to: TO }), personReads({}, [99, 'id'])],
  'list-retractions': [retractions(), retractions([99])],
  'preview-retraction': [previewRetraction],
  'open-feed': [openFeed],
  'read-events': [
    events({}),
    events({ after: 3, limit: 5_000, from: FROM, to: TO, types: ['turn.recorded', 'memory.formed'] }),
    events({ userId: 'ada' }),
    events({ userId: 'ada', after: 3, from: FROM, to: TO, types: ['turn.recorded', 'memory.formed'] }),
  ],
  'copy-events': [
    copy({}),
    copy({ after: 3, from: FROM, to: TO, types: ['turn.recorded', 'memory.formed'] }),
    copy({ userId: 'ada' }),
    copy({ userId: 'ada', after: 3, from: FROM, to: TO, types: ['turn.recorded', 'memory.formed'] }),
  ],
  'follow-events': [
    follow({}),
    follow({ after: 3, types: ['turn.recorded', 'memory.formed'] }),
    follow({ userId: 'ada' }),
    follow({ userId: 'ada', after: 3, types: ['turn.recorded', 'memory.formed'] }),
  ],
};

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A writer that has nothing in memory yet. */
function writerOver(db: Database.Database, plans: PlanReader): EventWriter {
  const parts = { catalog: new EventCatalog(), codec: jsonCodec, folds: liveFolds(), clock: Date.now };
  return plansWith(new EventWriter(new SqliteEventLog(db), parts), plans);
}

describe('the plan of every statement on SQLite', () => {
  let file: string;
  let db: Database.Database;
  let plans: PlanReader;
  let statements: string[];

  /** The statements that the work runs. */
  async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
    statements = [];
    await work();
    return statements.filter((sql) => /^(select|update|delete|with)/.test(sql));
  }

  beforeAll(async () => {
    file = await migratedFile();
    db = new Database(file, { verbose: (sql) => void statements.push(String(sql)) });
    statements = [];
    termsView(db, memoriesTable, 'row');
    plans = new PlanReader({ file });
    const writer = writerOver(db, plans);
    for (const userId of ['ada', 'bob']) {
      const { n: before } = db.prepare('select count(*) as n from events').get() as { n: number };
      const ownInputs: Record<string, object> = {
        UseContext: { receiptId: receiptOf(userId) },
        UnlearnPreference: { learnedPosition: before + 7 },
      };
      for (const [name, input] of COMMANDS_SENT) {
        if (name === 'EraseUser' || name === 'ReopenUser') continue;
        await send(writer, { name, userId, input: { ...input, ...ownInputs[name] } });
      }
    }
  });

  afterAll(async () => {
    await plans.close();
    db.close();
    await rm(dirname(file), { recursive: true });
  });

  it('is checked for every query', () => {
    const files = globSync('src/modules/**/*.query.ts', { cwd: ROOT, exclude: OF_ALL_USERS });

    expect(files.map((path) => basename(path, '.query.ts')).toSorted()).toEqual(
      Object.keys(QUESTIONS).toSorted(),
    );
  });

  it.each(Object.entries(QUESTIONS))(
    'reads only rows of the requested user: %s',
    async (_name, questions) => {
      for (const question of questions) {
        const sent = await statementsOf(() => question(new ReadsHere(db)));

        expect(sent.length).toBeGreaterThan(0);
        expect(sent.map((sql) => [sql, costlySteps(db, sql)])).toEqual(sent.map((sql) => [sql, []]));
      }
    },
  );

  it('is checked for every command', () => {
    const sent = new Set(COMMANDS_SENT.map(([name]) => name));

    expect([...sent].toSorted()).toEqual(COMMAND_NAMES);
  });

  it.each(COMMAND_NAMES)('finds by key all rows that the command reads or changes: %s', async (name) => {
    const inputs = COMMANDS_SENT.filter((each) => each[0] === name).map(([, input]) => input);
    // A new log has nothing in memory yet, and looks up each idempotency key.
    const writer = writerOver(db, plans);
    const sent = await statementsOf(async () => {
      for (const [i, input] of inputs.entries()) {
        await send(writer, { name, userId: 'ada', input, key: `${name}-${i}` }).catch(() => undefined);
      }
    });

    expect(sent.length).toBeGreaterThan(0);
    expect(sent.map((sql) => [sql, costlySteps(db, sql)])).toEqual(sent.map((sql) => [sql, []]));
  });

  it.each([
    [`select * from memories where content = 'x'`, ['SCAN memories']],
    [`select * from memories where user_id = 'ada' order by content`, ['USE TEMP B-TREE FOR ORDER BY']],
    [`select * from events where type = 'x' order by position desc limit 1`, ['SCAN events']],
    [`select * from streams where stream_id = 'x' order by user_id, stream_id`, ['SCAN streams']],
    [`select count(*) from memories_fts`, ['SCAN memories_fts VIRTUAL TABLE INDEX 0:']],
    [
      `select term from temp.memories_fts_row where term >= 'a'`,
      ['SCAN temp.memories_fts_row VIRTUAL TABLE INDEX 513:'],
    ],
  ])('is reported as costly when it is: %s', (sql, costly) => {
    expect(costlySteps(db, sql)).toEqual(costly);
  });
});
