import { tmpdir } from 'node:os';
import Table from 'cli-table3';
import { Command, InvalidArgumentError, Option } from 'commander';
import { CommandMaker, USERS, userName } from './bodies.ts';
import { progress } from './progress.ts';
import { readHistories, type History } from './recall/histories.ts';
import { CUTS, measures, type Answered } from './recall/measures.ts';
import { plainBm25 } from './recall/plain-bm25.ts';
import { Scratch, startFresh } from './scratch.ts';
import { loadCommands, type BatchCommand } from './seed.ts';

const MOST_FOUND = Math.max(...CUTS);

interface Options {
  big: number;
  others: number;
  database: 'sqlite' | 'postgresql';
  scratch: string;
}

/** Loads the histories over HTTP, one memory after another, and asks every question, also of plain BM25. */
async function measure(histories: readonly History[], options: Options, scratch: Scratch): Promise<string> {
  await scratch.use(options.database);
  const { service } = await startFresh(scratch, 'recall');
  try {
    if (options.others > 0) await loadOthers(service.url, options.others);
    const names = new Map<string, string>();
    for (const history of histories) await load(service.url, history, names);
    const own: Answered[] = [];
    const plain: Answered[] = [];
    for (const history of histories) {
      progress(`${history.questions.length} questions of ${history.userId}`);
      const search = plainBm25(history);
      for (const question of history.questions) {
        own.push(await timed(history, question, () => ask(service.url, history, question.q, names)));
        plain.push(await timed(history, question, async () => search(question.q, MOST_FOUND)));
      }
    }
    return render(own, plain);
  } finally {
    await service.stop();
    await scratch.stopServer();
  }
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

/** The figures of the service and, below them, those of plain BM25. */
function render(own: readonly Answered[], plain: readonly Answered[]): string {
  const section = (title: string, groupOf: (answer: Answered) => string) => {
    const head = [title, 'questions', ...CUTS.map((cut) => `R@${cut}`), 'MRR', 'p50 ms', 'p99 ms'];
    const table = new Table({ head, style: { head: [], border: [], compact: true } });
    const others = Map.groupBy(plain, groupOf);
    for (const [group, answers] of Map.groupBy(own, groupOf))
      table.push(row(group, answers), row('  plain BM25', others.get(group)!));
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
  const { questions, recall, mrr, p50, p99 } = measures(answers);
  const shares = [...recall, mrr].map((share) => share.toFixed(3));
  return [group, String(questions), ...shares, p50.toFixed(2), p99.toFixed(2)];
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
