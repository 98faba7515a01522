import { InvalidArgumentError } from 'commander';
import { InvalidInput, NotFound } from '../../errors.js';
import { exportLog, exportTo, type ExportReport } from '../../operations/transfer/export-log.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import { openStoreReader } from '../../store/open-store-reader.js';
import { interruptible } from './interruptible.js';
import { EXIT, operatorCommand, type Operation } from './operator-command.js';
import { existingAddress } from './where.js';

interface Options {
  user?: string;
  after?: number;
  resume?: boolean;
}

/** `edgesoul export` */
export function exportCommand() {
  return operatorCommand(
    'export',
    'Writes the log as lines of JSON, which `import` reads into either kind of database. A service may run at the same time.',
    {
      on: ['store'],
      examples: [
        'npm run edgesoul -- export edgesoul.ndjson.zst',
        'npm run edgesoul -- export ada.ndjson --user ada',
        'npm run edgesoul -- export edgesoul.ndjson.zst --resume',
        `npm run --silent edgesoul -- export - | jq -c 'select(.type == "memory.formed") | .data.content'`,
      ],
      action: async (operation, command) => {
        const file = command.args[0] ?? '-';
        await runExport(operation, file, command.opts<Options>());
        return EXIT.done;
      },
    },
  )
    .argument('[file]', 'ends in .ndjson, .ndjson.zst or .ndjson.gz; - for stdout', '-')
    .option('--user <id>', 'only the events and receipts of this user')
    .option('--after <position>', 'only what comes after this position', parsePosition, 0)
    .option('--resume', 'continue an interrupted export to this file');
}

async function runExport(operation: Operation, file: string, options: Options): Promise<void> {
  const { terminal, config } = operation;
  const { user: userId, after = 0, resume = false } = options;
  terminal.hasStdoutTaken = file === '-';
  if (file === '-' && resume)
    throw InvalidInput.field('--resume', 'needs the name of the file; stdout cannot be continued');
  const reader = openStoreReader(await existingAddress(config));
  try {
    if (userId !== undefined) await refuseUnknownUser(reader, userId);
    const range = { after, userId };
    const report = await interruptible((signal) => {
      if (file === '-') return exportTo(reader, process.stdout, range, { signal });
      const context = { progress: terminal.progress('Exporting', 'events'), signal };
      return exportLog(reader, { file, range, resume }, context);
    }, `Interrupted; the same command with --resume continues from ${file}.partial.`);
    // stdout contains the exported lines, so nothing else is printed there.
    if (file === '-') return;
    terminal.result({ file, ...report }, reportLines(file, report));
  } finally {
    await reader.close();
  }
}

async function refuseUnknownUser(reader: StoreReader, userId: string): Promise<void> {
  const [event] = await reader.events({ after: 0, userId, limit: 1 });
  if (!event)
    throw new NotFound('user.not-found', `The log has no event of user ${userId}; nothing was exported.`);
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
