import { InvalidArgumentError, Option, type Command } from 'commander';
import { InvalidInput } from '../../../errors.js';
import { EVENT_TYPES } from '../../../events/event-catalog.js';
import { resolveAsOf } from '../../../modules/as-of.js';
import { diffInThread } from '../../../operations/replay/diff-in-thread.js';
import { formatOf } from '../../../operations/replay/output-file.js';
import { replayFold } from '../../../operations/replay/replay-fold.js';
import type { ProjectionDiff } from '../../../operations/replay/replay-projection.js';
import type { FoldReport } from '../../../operations/replay/run-fold.js';
import { PROJECTIONS } from '../../../projections/projection-catalog.js';
import type { SettingValues } from '../../../projections/projection.js';
import type { DatabaseAddress } from '../../../store/database-address.js';
import { openReads, readStore } from '../../../store/open-store-reader.js';
import { boundMs, isInstant } from '../../../validation/instants.js';
import { interruptible } from '../interruptible.js';
import { EXIT, operatorCommand, type Operation } from '../operator-command.js';
import { refuseUnknownUser } from '../refuse-unknown-user.js';
import { withScratchOutput } from '../scratch-output.js';
import { settingsText, valuesOf } from '../settings.js';
import { existingAddress } from '../where.js';

interface Options {
  fold?: string;
  projection?: string;
  set?: string[];
  diff?: boolean;
  from?: string;
  to?: string;
  types?: string[];
  user?: string;
  asOf?: string;
  out?: string;
  resume?: boolean;
  eventTimeout: number;
}

/** Options that only one of the two kinds of replay has. */
const ONLY_FOLD = ['from', 'to', 'types', 'user', 'resume'] as const;

/** `edgesoul replay` */
export function replayCommand(): Command {
  return operatorCommand(
    'replay',
    "Replays the log with other rules, without changing the store: an analyst's own fold (--fold), or a projection with other settings beside the live one (--projection). A service may run at the same time.",
    {
      on: ['store'],
      examples: [
        'npm run edgesoul -- replay --fold examples/words-per-user.ts --out words.parquet',
        'npm run --silent edgesoul -- replay --fold my-fold.js --types emotion.observed --as-of 2026-06-01T00:00:00Z',
        'npm run edgesoul -- replay --fold my-fold.js --out rows.csv --resume',
        'npm run edgesoul -- replay --projection emotion-trend --set linkedTurns=5 --diff',
      ],
      action: async (operation, command) => {
        const options = command.opts<Options>();
        if ((options.fold === undefined) === (options.projection === undefined))
          throw InvalidInput.field('--fold', 'name either a fold file, or a projection with --projection');
        if (options.fold === undefined) await runDiff(operation, options);
        else await runFold(operation, { ...options, fold: options.fold });
        return EXIT.done;
      },
    },
  )
    .option(
      '--fold <file>',
      'a JavaScript or TypeScript file whose default export is a fold: see docs/replay.md',
    )
    .addOption(
      new Option(
        '--projection <name>',
        'fold this projection again and compare it with the live one',
      ).choices(PROJECTIONS.map(({ name }) => name)),
    )
    .option('--set <setting=value...>', 'with --projection: settings that differ from the live ones')
    .option('--diff', 'with --projection: report which rows would change (always done)')
    .option('--from <time>', 'only events that occurred at or after this RFC 3339 time')
    .option('--to <time>', 'only events that occurred before this RFC 3339 time')
    .addOption(
      new Option('--types <types...>', 'only events of these types').choices(
        EVENT_TYPES.map(({ type }) => type),
      ),
    )
    .option('--user <id>', 'only events of this user')
    .option('--as-of <position or time>', 'only what was recorded up to there')
    .option('--out <file>', 'where the rows go: .ndjson, .csv or .parquet; stdout by default for a fold')
    .option('--resume', 'continue an interrupted replay to the same file')
    .option(
      '--event-timeout <seconds>',
      'longest time that the fold may take for one event',
      parseSeconds,
      10,
    )
    .addHelpText('after', `\nSettings:\n${settingsText()}`);
}

async function runFold({ terminal, config }: Operation, options: Options & { fold: string }): Promise<void> {
  for (const name of ['set', 'diff'] as const)
    if (options[name] !== undefined)
      throw InvalidInput.field(`--${name}`, 'belongs to --projection; leave it out');
  const { fold: file, out, resume = false, types, user: userId, eventTimeout } = options;
  const range = { types, userId, from: timeOf('--from', options.from), to: timeOf('--to', options.to) };
  if (range.from !== undefined && range.to !== undefined && range.from >= range.to)
    throw InvalidInput.field('--from', 'must be before --to');
  if (out !== undefined) formatOf(out);
  else if (resume) throw InvalidInput.field('--resume', 'needs --out; stdout cannot be continued');
  const address = await existingAddress(config);
  if (userId !== undefined) await readStore(address, (reader) => refuseUnknownUser(reader, userId));
  const upTo = await positionOf(address, options.asOf);
  const request = { address, file, range: { ...range, upTo }, resume, eventMs: eventTimeout * 1_000 };
  const progress = terminal.progress('Replaying', 'events');
  const next =
    out === undefined
      ? 'Interrupted; nothing was written.'
      : 'Interrupted; the same command with --resume continues.';
  const run = (target: string) =>
    interruptible((signal) => replayFold({ ...request, out: target }, { progress, signal }), next);
  if (out !== undefined) {
    const report = await run(out);
    terminal.result({ out, ...report }, foldLines(out, report));
    return;
  }
  terminal.hasStdoutTaken = true;
  await withScratchOutput(run, () => terminal.close());
}

async function runDiff({ terminal, config }: Operation, options: Options): Promise<void> {
  for (const name of ONLY_FOLD)
    if (options[name] !== undefined) throw InvalidInput.field(`--${name}`, 'belongs to --fold; leave it out');
  const { projection = '', out } = options;
  const set: SettingValues = valuesOf(projection, options.set ?? []);
  if (out !== undefined) formatOf(out);
  const address = await existingAddress(config);
  const upTo = await positionOf(address, options.asOf);
  const progress = terminal.progress('Replaying', 'events');
  const diff = await interruptible(
    (signal) => diffInThread({ address, projection, set, upTo, out }, { progress, signal }),
    'Interrupted; nothing was changed.',
  );
  terminal.result({ ...diff, ...(out !== undefined && { out }) }, diffLines(diff, out));
}

/** Returns the position that `--as-of` names; undefined without it. */
async function positionOf(address: DatabaseAddress, asOf: string | undefined): Promise<number | undefined> {
  if (asOf === undefined) return undefined;
  const reads = openReads(address);
  try {
    return (await resolveAsOf(reads, asOf, '--as-of')).position;
  } finally {
    await reads.close();
  }
}

function timeOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!isInstant(text))
    throw InvalidInput.field(
      option,
      'must be an RFC 3339 time with a time zone, such as 2026-03-01T18:30:00Z',
    );
  return boundMs(text);
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds > 0 && seconds <= 3_600) return seconds;
  throw new InvalidArgumentError('It must be a number of seconds, at most 3600.');
}

function foldLines(out: string, { fold, rows, events, resumed, position, ms }: FoldReport): string[] {
  const before = resumed > 0 ? `, ${resumed} of them before it was interrupted` : '';
  return [
    `Folded ${events} events${before}, as of position ${position}, into ${rows} rows of ${fold} in ${(ms / 1_000).toFixed(1)} s: ${out}`,
  ];
}

function diffLines(diff: ProjectionDiff, out: string | undefined): string[] {
  const { projection, settings, position, users, changedUsers, rows, differences, tables, ms } = diff;
  const values = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return [
    `${projection} with ${values.join(', ') || 'no settings'}, as of position ${position} (${(ms / 1_000).toFixed(1)} s):`,
    `  ${changedUsers} of ${users} users and ${differences} of ${rows} rows would change.`,
    ...tables
      .filter(({ changed, added, removed }) => changed + added + removed > 0)
      .map(
        ({ table, changed, added, removed }) =>
          `  ${table}: ${changed} changed, ${added} added, ${removed} removed`,
      ),
    ...diff.firstDifferences
      .slice(0, 3)
      .map(
        ({ table, key, live, folded }) =>
          `  ${table} ${JSON.stringify(key)}:\n    now  ${JSON.stringify(live ?? null)}\n    then ${JSON.stringify(folded ?? null)}`,
      ),
    ...(out === undefined ? [] : [`All differing rows are in ${out}.`]),
  ];
}
