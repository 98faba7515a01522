import { InvalidArgumentError, type Command } from 'commander';
import { zoneClock, fixedClock } from '../../../modules/zone-clock.js';
import { openForeignFile } from '../../../store/sqlite/foreign-file.js';
import { isTimeZone } from '../../../validation/time-zone.js';
import { DRY_SINK, serviceSink, withStoreSink } from '../../import-edgesoul/command-sinks.js';
import { importTables, type CommandSink } from '../../import-edgesoul/import-edgesoul.js';
import type { ImportReport, TableReport } from '../../import-edgesoul/import-report.js';
import { SourceClock } from '../../import-edgesoul/source-clock.js';
import { refuseForeign } from '../../import-edgesoul/source-tables.js';
import { interruptible } from '../interruptible.js';
import { EXIT, operatorCommand, type Operation } from '../operator-command.js';
import { serviceOf } from '../where.js';

interface Options {
  dryRun?: boolean;
  timeZone?: string;
}

/** `edgesoul import-edgesoul` */
export function importEdgesoulCommand(): Command {
  return operatorCommand(
    'import-edgesoul',
    'Imports the SQLite database of the original EdgeSoul: profiles, memories, emotional patterns and conversation windows. It only reads the file, which may be in use; another run continues, and changes nothing when all is there.',
    {
      on: ['store', 'service'],
      examples: [
        'npm run edgesoul -- import-edgesoul backend/data/edgesoul.db --dry-run',
        'npm run edgesoul -- import-edgesoul backend/data/edgesoul.db --time-zone Europe/Berlin',
        'npm run --silent edgesoul -- import-edgesoul edgesoul.db --url http://127.0.0.1:3000 --json',
      ],
      action: async (operation, command) => {
        const file = command.args[0] as string;
        const { dryRun = false, timeZone = 'UTC' } = command.opts<Options>();
        const started = performance.now();
        const report = await runImport(operation, file, { dryRun, timeZone });
        const ms = Math.round(performance.now() - started);
        operation.terminal.result(
          { file, dryRun, timeZone, ...report, ms },
          reportLines(file, report, { dryRun, timeZone, ms }),
        );
        return EXIT.done;
      },
    },
  )
    .argument('<file>', "the original's database, data/edgesoul.db of its backend")
    .option('--dry-run', 'only report what would be imported')
    .option(
      '--time-zone <zone>',
      "the time zone of the original's server, such as Europe/Berlin, in whose local time it wrote; UTC when left out",
      parseZone,
    );
}

function parseZone(name: string): string {
  if (isTimeZone(name)) return name;
  throw new InvalidArgumentError('It must be a time zone of the IANA database, such as Europe/Berlin.');
}

async function runImport(
  operation: Operation,
  file: string,
  { dryRun, timeZone }: { dryRun: boolean; timeZone: string },
): Promise<ImportReport> {
  const { terminal, config } = operation;
  const clock = new SourceClock(zoneClock(timeZone) ?? fixedClock(0), Date.now());
  const source = await openForeignFile(file);
  try {
    refuseForeign(file, source);
    const progress = terminal.progress('Importing', 'rows');
    const run = (sink: CommandSink) =>
      interruptible(
        (signal) => importTables({ source, clock, sink }, { progress, signal }),
        'Interrupted; run the same command again to continue.',
      );
    if (dryRun) return await run(DRY_SINK);
    const service = serviceOf(operation);
    return service ? await run(await serviceSink(service)) : await withStoreSink(config, run);
  } finally {
    await source.close();
  }
}

function reportLines(
  file: string,
  { tables, refused, clockOffsets }: ImportReport,
  { dryRun, timeZone, ms }: { dryRun: boolean; timeZone: string; ms: number },
): string[] {
  const shown = Object.values(tables).reduce((sum, { refused: reasons }) => sum + sumOf(reasons), 0);
  return [
    `${dryRun ? 'Would import' : 'Imported'} ${file} in ${(ms / 1_000).toFixed(1)} s${dryRun ? '; nothing was written' : ''}:`,
    ...Object.entries(tables).flatMap(([name, table]) => tableLines(name, table, dryRun)),
    ...refused.map(({ table, row, reason }) => `  refused: ${table} ${row}: ${reason}`),
    ...(shown > refused.length ? [`  and ${shown - refused.length} more`] : []),
    ...zoneLines(clockOffsets, timeZone),
  ];
}

function tableLines(
  name: string,
  { rows, came, already, repaired, refused }: TableReport,
  dryRun: boolean,
): string[] {
  const parts = [`${rows} rows`, `${came} ${dryRun ? 'would come' : 'came'}`];
  if (!dryRun) parts.push(`${already} were there already`);
  parts.push(`${sumOf(refused)} refused`);
  const repairs = Object.entries(repaired).map(([kind, count]) => `${count} ${kind}`);
  return [
    `  ${name.padEnd(22)} ${parts.join(', ')}`,
    ...(repairs.length > 0 ? [`${' '.repeat(25)}repaired: ${repairs.join(', ')}`] : []),
  ];
}

/** Advice when the ids of memories show that the server's clock was not in the zone that was assumed. */
function zoneLines(offsets: Record<string, number>, timeZone: string): string[] {
  const others = Object.keys(offsets).filter((minutes) => minutes !== '0');
  if (timeZone !== 'UTC' || others.length === 0) return [];
  const hours = others.map((minutes) => `${Number(minutes) / 60} h`).join(' and ');
  return [
    `  The ids of memories show that the server's clock was ${hours} ahead of UTC: memories were dated by their ids.`,
    '  Emotions and conversations have no such ids: name the zone with --time-zone, before anything is imported.',
  ];
}

function sumOf(counts: Record<string, number>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
