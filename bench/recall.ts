import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import Table from 'cli-table3';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { ServiceProcess } from '../src/cli/service-process.ts';
import { CommandMaker, USERS, userName } from './bodies.ts';
import { progress } from './progress.ts';
import { readHistories, type History } from './recall/histories.ts';
import { CUTS, measures, type Answered } from './recall/measures.ts';
import { plainBm25 } from './recall/plain-bm25.ts';
import { cpuMicros } from './rounds.ts';
import { Scratch, startAgain, startFresh } from './scratch.ts';
import { loadCommands, type BatchCommand } from './seed.ts';

const MOST_FOUND = Math.max(...CUTS);

interface Options {
  big: number;
  others: number;
  before?: string;
  database: 'sqlite' | 'postgresql';
  scratch: string;
  wordVectors?: string;
}

/** The answers to all questions, by who gave them. */
type Answers = Map<string, Answered[]>;

/** A service that has the memories, and their names by the ids that it gave them. */
interface Loaded {
  service: ServiceProcess;
  names: Map<string, string>;
}

/**
 * Loads the histories over HTTP, one memory after another, and asks every question: the service, plain BM25
 * and, if there are any, an earlier release and the service with word vectors, on the same data.
 */
async function measure(histories: readonly History[], options: Options, scratch: Scratch): Promise<string> {
  await scratch.use(options.database);
  const started = await startFresh(scratch, 'recall');
  const loaded: Loaded[] = [{ service: started.service, names: new Map() }];
  try {
    if (options.before !== undefined)
      loaded.push({ service: await startBefore(options.before, scratch), names: new Map() });
    for (const each of loaded) await loadAll(each, histories, options.others);
    const answers: Answers = new Map();
    const [own, before] = await askAll(histories, loaded);
    answers.set('', own!);
    if (before) answers.set('  before', before);
    if (options.wordVectors !== undefined) {
      const words = { WORD_VECTORS: resolve(options.wordVectors) };
      loaded[0]!.service = await startAgain(scratch, started, words);
      answers.set('  with word vectors', (await askAll(histories, loaded.slice(0, 1)))[0]!);
    }
    answers.set('  plain BM25', await askPlain(histories));
    return render(answers);
  } finally {
    for (const { service } of loaded) await service.stop();
    await scratch.stopServer();
  }
}

/** Starts the service of an earlier release, built in that folder, on a database of its own. */
async function startBefore(folder: string, scratch: Scratch): Promise<ServiceProcess> {
  const file = pathToFileURL(resolve(folder, 'src/cli/service-process.ts')).href;
  const { startService } = (await import(file)) as typeof import('../src/cli/service-process.ts');
  const data = scratch.folder('before');
  const database = await scratch.database();
  const service = await startService({ DATA_DIR: data, BACKUP_DIR: resolve(data, 'backups'), ...database });
  scratch.services.add(service);
  return service;
}

async function loadAll(
  { service: { url }, names }: Loaded,
  histories: readonly History[],
  others: number,
): Promise<void> {
  if (others > 0) await loadOthers(url, others);
  for (const history of histories) await load(url, history, names);
}

/**
 * Asks each question of one service after the other, so that a slow minute of the machine meets all alike.
 */
async function askAll(histories: readonly History[], loaded: readonly Loaded[]): Promise<Answered[][]> {
  const answers = loaded.map((): Answered[] => []);
  for (const history of histories) {
    progress(`${history.questions.length} questions of ${history.userId}`);
    const cpuBefore = loaded.map(({ service }) => cpuMicros(service.child.pid));
    const asked = loaded.map((): Answered[] => []);
    for (const question of history.questions)
      for (const [i, { service, names }] of loaded.entries())
        asked[i]!.push(await timed(history, question, () => ask(service.url, history, question.q, names)));
    for (const [i, { service }] of loaded.entries()) {
      const micros = (cpuMicros(service.child.pid) - cpuBefore[i]!) / history.questions.length;
      answers[i]!.push(...asked[i]!.map((each) => ({ ...each, cpuMs: micros / 1000 })));
    }
  }
  return answers;
}

async function askPlain(histories: readonly History[]): Promise<Answered[]> {
  const answers: Answered[] = [];
  for (const history of histories) {
    const search = plainBm25(history);
    for (const question of history.questions)
      answers.push(await timed(history, question, async () => search(question.q, MOST_FOUND)));
  }
  return answers;
}

function loadOthers(url: string, count: number): Promise<number> {
  const maker = new CommandMaker(11, 30_000);
  const make = (number: number): BatchCommand => ({
    command: 'FormMemory',
    userId: userName(number % USERS),
    ...maker.memory(20),
  });
  return loadCommands(url, { label: 'memories of other users', count, make });
}

/** Loads in order: the order of forming is part of a history. Notes which memory has which id. */
async function load(url: string, history: History, names: Map<string, string>): Promise<void> {
  const { userId, memories } = history;
  const make = (number: number): BatchCommand => {
    const { id: _id, ...memory } = memories[number]!;
    const type = history.kind === 'turns' ? 'conversation' : 'fact';
    return { command: 'FormMemory', userId, type, importance: 0.5, ...memory };
  };
  let next = 0;
  await loadCommands(url, {
    label: userId,
    count: memories.length,
    batchesInFlight: 1,
    make,
    onAnswer: ({ body }) => void names.set(body!.memoryId!, memories[next++]!.id),
  });
}

async function ask(
  url: string,
  { userId }: History,
  q: string,
  names: ReadonlyMap<string, string>,
): Promise<string[]> {
  const query = new URLSearchParams({ q, limit: String(MOST_FOUND) });
  const response = await fetch(`${url}/v1/users/${userId}/memories/search?${query.toString()}`);
  const { items } = (await response.json()) as { items: { memoryId: string }[] };
  return items.map(({ memoryId }) => names.get(memoryId)!);
}

async function timed(
  history: History,
  question: Answered['question'],
  search: () => Promise<string[]>,
): Promise<Answered> {
  const start = performance.now();
  const found = await search();
  return { history, question, found, ms: performance.now() - start };
}

/** The figures of the service and, below them, those of the others. */
function render(answers: Answers): string {
  const section = (title: string, groupOf: (answer: Answered) => string) => {
    const shares = CUTS.map((cut) => `R@${cut}`);
    const head = [title, 'questions', ...shares, 'MRR', 'p50 ms', 'p99 ms', 'CPU ms'];
    const table = new Table({ head, style: { head: [], border: [], compact: true } });
    const groups = [...answers].map(([who, given]) => [who, Map.groupBy(given, groupOf)] as const);
    for (const group of groups[0]![1].keys())
      for (const [who, of] of groups) table.push(row(who || group, of.get(group)!));
    return table.toString();
  };
  return [
    section('all', ({ history }) => (history.isBig ? history.userId : history.kind)),
    section(
      'by category',
      ({ history, question }) => `${history.isBig ? history.userId : history.kind}, ${question.category}`,
    ),
    section('by user', ({ history }) => `${history.userId}, ${history.memories.length} memories`),
  ].join('\n\n');
}

function row(group: string, answers: readonly Answered[]): string[] {
  const { questions, recall, mrr, p50, p99, cpuMs } = measures(answers);
  const shares = [...recall, mrr].map((share) => share.toFixed(3));
  return [group, String(questions), ...shares, ...[p50, p99, cpuMs].map((ms) => ms?.toFixed(2) ?? '')];
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0) throw new InvalidArgumentError('It must be a whole number.');
  return number;
}

const program = new Command('npm run bench:recall --')
  .description(
    'Loads conversations and asks the questions about them, over HTTP; beside it, plain BM25 in the same run.\n' +
      'A file has one JSON object a line: a conversation with sessions of turns and questions with their evidence, ' +
      'the facts (observations) of such a conversation, or a dialogue that only fills the big user.',
  )
  .argument('<files...>', 'JSON lines')
  .option('--big <n>', 'memories of the user who has all conversations together', wholeNumber, 10_000)
  .option('--others <n>', 'memories of 1,000 other users, loaded first', wholeNumber, 0)
  .option('--word-vectors <file>', 'ask again with these word vectors')
  .option('--before <folder>', 'an earlier release, built there: gets the same memories and questions')
  .addOption(new Option('--database <name>').choices(['sqlite', 'postgresql']).default('sqlite'))
  .option('--scratch <folder>', 'where the database goes', tmpdir())
  .parse();
const options = program.opts<Options>();
const histories = readHistories(program.args, options.big);
if (histories.length === 0) program.error('No file has questions with evidence.');
const scratch = new Scratch(options.scratch);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
process.once('exit', () => scratch.remove());
process.stdout.write(`${await measure(histories, options, scratch)}\n`);
