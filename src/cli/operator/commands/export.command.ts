import { InvalidArgumentError, Option } from 'commander';
import type { Config } from '../../../config.js';
import { InvalidInput } from '../../../errors.js';
import { ROW_FORMATS, type RowFormat } from '../../../formats/row-format.js';
import { exportLog, exportTo, type ExportReport } from '../../../operations/transfer/export-log.js';
import {
  exportTables,
  exportTableTo,
  TABLE_NAMES,
  type TablesReport,
} from '../../../operations/transfer/export-tables.js';
import type { StoreReader } from '../../../projections/folding/store-reader.js';
import { readStore } from '../../../store/open-store-reader.js';
import { interruptible } from '../interruptible.js';
import { EXIT, operatorCommand, type Operation } from '../operator-command.js';
import { refuseUnknownUser } from '../refuse-unknown-user.js';
import { sizeText } from '../texts.js';
import { toStdout } from '../to-stdout.js';
import { existingAddress } from '../where.js';

interface Options {
  user?: string;
  after: number;
  resume?: boolean;
  format?: RowFormat;
  table?: string[];
}

/** `edgesoul export` */
export function exportCommand() {
  return operatorCommand(
    'export',
    'Writes the log as lines of JSON, which `import` reads into either kind of database; or, with --format, the log and the tables of the projections as files for analysis. A service may run at the same time.',
    {
      on: ['store'],
      examples: [
        'npm run edgesoul -- export edgesoul.ndjson.zst',
        'npm run edgesoul -- export ada.ndjson --user ada',
        'npm run edgesoul -- export edgesoul.ndjson.zst --resume',
        'npm run edgesoul -- export ./tables --format parquet',
        'npm run --silent edgesoul -- export - --format csv --table profiles',
        `npm run --silent edgesoul -- export - | jq -c 'select(.type == "memory.formed") | .data.content'`,
      ],
      action: async (operation, command) => {
        const file = command.args[0] ?? '-';
        const { format, ...options } = command.opts<Options>();
        if (format) await runTableExport(operation, file, { ...options, format });
        else await runExport(operation, file, options);
        return EXIT.done;
      },
    },
  )
    .argument(
      '[file]',
      'ends in .ndjson, .ndjson.zst or .ndjson.gz; with --format a folder, which gets a file for each table; - for stdout',
      '-',
    )
    .option('--user <id>', 'only the events and receipts of this user')
    .option('--after <position>', 'only what comes after this position', parsePosition, 0)
    .option('--resume', 'continue an interrupted export to this file')
    .addOption(
      new Option(
        '--format <format>',
        'write tables in this format instead of the log that import reads',
      ).choices(ROW_FORMATS),
    )
    .addOption(
      new Option('--table <names...>', 'with --format: only these tables').choices([...TABLE_NAMES]),
    );
}

async function runTableExport(
  { terminal, config }: Operation,
  folder: string,
  { format, table: tables, user: userId, after, resume }: Options & { format: RowFormat },
): Promise<void> {
  const isStdout = folder === '-';
  terminal.hasStdoutTaken = isStdout;
  const only = 'belongs to an export without --format; leave it out';
  if (resume === true) throw InvalidInput.field('--resume', only);
  if (after !== 0) throw InvalidInput.field('--after', only);
  if (isStdout && tables?.length !== 1)
    throw InvalidInput.field('--table', 'must name one table when the export goes to stdout');
  const selection = { format, tables, userId };
  await withReader(config, userId, async (reader) => {
    if (isStdout) {
      await toStdout(() =>
        interruptible((signal) => exportTableTo(reader, process.stdout, selection, signal)),
      );
      return;
    }
    const progress = terminal.progress('Exporting', 'rows');
    const report = await interruptible((signal) =>
      exportTables(reader, { ...selection, folder }, { progress, signal }),
    );
    terminal.result({ folder, format, ...report }, tableLines(folder, report));
  });
}

function tableLines(folder: string, { tables, position, ms }: TablesReport): string[] {
  return [
    `Wrote ${tables.length} ${tables.length === 1 ? 'table' : 'tables'}, as of position ${position} of the log, to ${folder} in ${(ms / 1_000).toFixed(1)} s:`,
    ...tables.map(
      ({ table, rows, bytes }) =>
        `  ${table.padEnd(24)} ${String(rows).padStart(9)} rows  ${sizeText(bytes)}`,
    ),
  ];
}

async function runExport(
  operation: Operation,
  file: string,
  options: Omit<Options, 'format'>,
): Promise<void> {
  const { terminal, config } = operation;
  const { user: userId, after, resume = false } = options;
  terminal.hasStdoutTaken = file === '-';
  if (file === '-' && resume)
    throw InvalidInput.field('--resume', 'needs the name of the file; stdout cannot be continued');
  if (options.table)
    throw InvalidInput.field('--table', `needs --format, which is one of ${ROW_FORMATS.join(', ')}`);
  await withReader(config, userId, async (reader) => {
    const range = { after, userId };
    const report = await interruptible((signal) => {
      if (file === '-') return exportTo(reader, process.stdout, range, { signal });
      const context = { progress: terminal.progress('Exporting', 'events'), signal };
      return exportLog(reader, { file, range, resume }, context);
    }, `Interrupted; the same command with --resume continues from ${file}.partial.`);
    // stdout contains the exported lines, so nothing else is printed there.
    if (file === '-') return;
    terminal.result({ file, ...report }, reportLines(file, report));
  });
}

/** Runs the work with a reader of the store. Throws NotFound if the user has no events. */
async function withReader(
  config: Config,
  userId: string | undefined,
  work: (reader: StoreReader) => Promise<void>,
): Promise<void> {
  await readStore(await existingAddress(config), async (reader) => {
    if (userId !== undefined) await refuseUnknownUser(reader, userId);
    await work(reader);
  });
}

function reportLines(
  file: string,
  { events, receipts, position, lastHash, resumed, ms }: ExportReport,
): string[] {
  const before = resumed > 0 ? `, ${resumed} of them before it was interrupted` : '';
  return [
    `Wrote ${events} events${before}, and ${receipts} receipts, to ${file} in ${(ms / 1_000).toFixed(1)} s.`,
    `The log ended at position ${position}; the hash of the last event is ${lastHash}.`,
  ];
}

function parsePosition(text: string): number {
  const position = Number(text);
  if (!Number.isSafeInteger(position) || position < 0)
    throw new InvalidArgumentError('A position is a whole number from 0.');
  return position;
}
