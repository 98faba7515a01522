import { CommandMaker, USERS, userName, type Command } from '../bodies.ts';
import { startServer } from '../child.ts';
import type { BenchOptions } from '../options.ts';
import type { SearchReport } from '../report.ts';
import { runRounds, warmUp, type Cell } from '../rounds.ts';
import { startFresh, type Scratch } from '../scratch.ts';
import { loadCommands } from '../seed.ts';

const VOCABULARY_WORDS = 30_000;
const WORDS_PER_MEMORY = 20;
const HEAVY_USER = userName(0);
const QUESTIONS = 2_000;
/** Turns of the user with many memories, with emotions: what a context has beside memories. */
const TURNS = 100;

/**
 * Searches with questions of 3 to 6 words, for a user with 10,000 memories and for ordinary users, on one
 * connection; and the context of a prompt for the same questions.
 */
export async function measureSearch(options: BenchOptions, scratch: Scratch): Promise<SearchReport> {
  const { memories } = options;
  const heavy = Math.min(10_000, Math.floor(memories / 2));
  const echo = await startServer('echo-server.ts');
  const { service } = await startFresh(scratch, 'search');
  try {
    const maker = new CommandMaker(11, VOCABULARY_WORDS);
    const make = (number: number): Command => {
      const userId = number < heavy ? HEAVY_USER : userName(1 + ((number - heavy) % (USERS - 1)));
      return { command: 'FormMemory', userId, ...maker.memory(WORDS_PER_MEMORY) };
    };
    const loadedPerSecond = await loadCommands(service.url, {
      label: 'memories to search',
      count: memories,
      make,
    });
    await addTurns(service.url, maker);
    const asker = new CommandMaker(12, VOCABULARY_WORDS);
    const question = (user: string) =>
      `/v1/users/${user}/memories/search?q=${encodeURIComponent(asker.question())}`;
    const paths = (user: () => string) => Array.from({ length: QUESTIONS }, () => question(user()));
    const cell = (name: string, server: Cell['server'], user: () => string): Cell => ({
      name,
      server,
      pool: { kind: 'paths', paths: paths(user) },
      connections: 1,
    });
    const many = `user with ${heavy.toLocaleString('en')} memories`;
    let nextOrdinary = 0;
    const ordinary = () => userName(1 + (nextOrdinary++ % (USERS - 1)));
    const cells: Cell[] = [
      cell('echo GET', echo, ordinary),
      {
        ...cell(many, service, () => HEAVY_USER),
        yardstick: 'echo GET',
      },
      { ...cell('ordinary users', service, ordinary), yardstick: 'echo GET' },
      {
        ...cell('context of the user with many', service, () => HEAVY_USER),
        pool: { kind: 'paths', paths: paths(() => HEAVY_USER).map(contextPath) },
        yardstick: many,
      },
    ];
    await warmUp(cells, Math.min(3, options.seconds));
    return {
      memories,
      heavyUserMemories: heavy,
      ordinaryUserMemories: Math.round((memories - heavy) / (USERS - 1)),
      loadedPerSecond,
      cells: await runRounds(cells, options, 'search'),
    };
  } finally {
    await Promise.all([service.stop(), echo.stop()]);
  }
}

/** The context for the question of a search. */
function contextPath(search: string): string {
  return search.replace('/memories/search?', '/context?');
}

async function addTurns(url: string, maker: CommandMaker): Promise<void> {
  const make = (): Command => maker.make('RecordTurn', HEAVY_USER);
  await loadCommands(url, { label: 'turns of the user with many memories', count: TURNS, make });
}
