import { tmpdir } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';

/** The parts of a run, in the order in which they run. */
export const PARTS = [
  'commands',
  'reads',
  'keys',
  'open-loop',
  'search',
  'past',
  'bytes',
  'rebuild',
  'reports',
  'isolation',
  'peers',
] as const;
export type Part = (typeof PARTS)[number];
/** The parts that use the service over HTTP; they run on either database. */
const OVER_HTTP: readonly Part[] = ['commands', 'reads', 'keys', 'open-loop', 'search', 'past'];
export type Database = 'sqlite' | 'postgresql';

/** The options of a run, with defaults filled in. */
export interface BenchOptions {
  rounds: number;
  seconds: number;
  memories: number;
  events: number;
  quick: boolean;
  json: boolean;
  only: readonly Part[];
  scratch: string;
  database: Database;
}

interface Flags {
  rounds?: number;
  seconds?: number;
  memories?: number;
  events?: number;
  quick?: boolean;
  json?: boolean;
  only?: readonly Part[];
  scratch: string;
  database: Database;
}

/** Reads the arguments; `--help` and mistakes end the process. */
export function readOptions(argv: readonly string[]): BenchOptions {
  const program = new Command('npm run bench --')
    .description(
      'Measures the service against yardsticks in one run; compare ratios, never numbers of different runs.',
    )
    .option('--rounds <n>', 'alternating rounds (3; quick 2)', wholeNumber)
    .option('--seconds <n>', 'seconds per cell and round (3; quick 1)', wholeNumber)
    .option('--memories <n>', 'memories of 1,000 users for the search (1000000; quick 50000)', wholeNumber)
    .option(
      '--events <n>',
      'events to rebuild from, to report on and to chat beside (1000000; quick 50000)',
      wholeNumber,
    )
    .option('--quick', 'a short run of a few minutes: shows whether everything works, not how fast it is')
    .option('--json', 'prints the report as JSON')
    .addOption(
      new Option(
        '--database <name>',
        `postgresql measures ${OVER_HTTP.join(', ')} on a local server of its own`,
      )
        .choices(['sqlite', 'postgresql'])
        .default('sqlite'),
    )
    .option('--only <parts>', `some of ${PARTS.join(',')}`, parseParts)
    .option(
      '--scratch <folder>',
      'where the databases go; must be a real disk for fsync to cost anything',
      tmpdir(),
    )
    .parse(argv);
  const flags = program.opts<Flags>();
  const quick = flags.quick ?? false;
  return {
    rounds: flags.rounds ?? (quick ? 2 : 3),
    seconds: flags.seconds ?? (quick ? 1 : 3),
    memories: flags.memories ?? (quick ? 50_000 : 1_000_000),
    events: flags.events ?? (quick ? 50_000 : 1_000_000),
    quick,
    json: flags.json ?? false,
    only: (flags.only ?? PARTS).filter((part) => flags.database === 'sqlite' || OVER_HTTP.includes(part)),
    database: flags.database,
    scratch: flags.scratch,
  };
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.');
  return number;
}

function parseParts(text: string): readonly Part[] {
  const names = text.split(',');
  const unknown = names.filter((name) => !(PARTS as readonly string[]).includes(name));
  if (unknown.length > 0) throw new InvalidArgumentError(`Not a part: ${unknown.join(', ')}.`);
  return PARTS.filter((part) => names.includes(part));
}
