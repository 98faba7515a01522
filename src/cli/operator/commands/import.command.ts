import { accessSync, constants, statSync } from 'node:fs';
import { EventDecoder } from '../../../events/log/event-decoder.js';
import { readLedger } from '../../../operations/copies/ledger.js';
import type { Progress } from '../../../operations/job-context.js';
import { unreadableFile } from '../../../operations/lines/file-errors.js';
import { compressionOf, readLogFile } from '../../../operations/lines/log-file.js';
import { foldInThreads } from '../../../operations/rebuild/fold-ranges.js';
import { importLog, type ImportReport } from '../../../operations/transfer/import-log.js';
import { PROJECTIONS } from '../../../projections/projection-catalog.js';
import { withLockedStore } from '../../../store/open-locked-store.js';
import { interruptible } from '../interruptible.js';
import { EXIT, operatorCommand, type Operation } from '../operator-command.js';
import type { Terminal } from '../terminal.js';
import { refoldedTexts, skipText, stoppedText } from '../texts.js';

interface Options {
  append?: boolean;
  verify: boolean;
}

const PHASES = { check: 'Checking the file', write: 'Importing', fold: 'Folding', verify: 'Verifying' };

/** `edgesoul import` */
export function importCommand() {
  return operatorCommand(
    'import',
    'Imports an exported file into an empty store at the same positions, or appends it to a store. No service may run on the store.',
    {
      on: ['store', 'backups'],
      examples: [
        'npm run edgesoul -- import edgesoul.ndjson.zst --data-dir ./copy',
        'npm run edgesoul -- import edgesoul.ndjson.zst --database-url postgresql://edgesoul:secret@db/edgesoul',
        'npm run edgesoul -- import ada.ndjson --append',
      ],
      action: async (operation, command) => {
        const file = command.args[0] as string;
        const report = await runImport(operation, file, command.opts<Options>());
        operation.terminal.result({ file, ...report }, reportLines(file, report));
        const isWhole = report.stopped.length === 0 && report.verified?.ok !== false;
        return isWhole ? EXIT.done : EXIT.differences;
      },
    },
  )
    .argument('<file>', 'a file written by `export`: .ndjson, .ndjson.zst or .ndjson.gz')
    .option('--append', "append the events to the store's log, at new positions")
    .option('--no-verify', 'do not verify the store afterwards');
}

function runImport(
  { config, terminal }: Operation,
  file: string,
  { append = false, verify }: Options,
): Promise<ImportReport> {
  refuseUnreadable(file);
  const erasuresOf = (storeId: string) => readLedger(config.backupDir, storeId);
  return withLockedStore(config, (store) => {
    const request = { lines: () => readLogFile(file), append, verify, erasuresOf };
    return interruptible(
      (signal) =>
        importLog(
          {
            ...store,
            decoder: new EventDecoder(),
            projections: PROJECTIONS,
            foldRanges: foldInThreads(store, PROJECTIONS),
          },
          request,
          { ...progressPerPhase(terminal), signal },
        ),
      'Interrupted; run the same command again to continue.',
    );
  });
}

/** Checked first, so that no store is created for a file that cannot be read. */
function refuseUnreadable(file: string): void {
  compressionOf(file);
  try {
    accessSync(file, constants.R_OK);
    if (statSync(file).isDirectory()) throw new Error('it is a folder');
  } catch (cause) {
    throw unreadableFile(file, cause);
  }
}

/** One progress bar per phase. */
function progressPerPhase(terminal: Terminal): {
  phase: (name: keyof typeof PHASES) => void;
  progress: Progress;
} {
  let progress: Progress | undefined;
  return {
    phase: (name) => {
      progress = terminal.progress(PHASES[name], 'events');
    },
    progress: (done, total) => progress?.(done, total),
  };
}

function reportLines(file: string, report: ImportReport): string[] {
  const { events, already, moved, receipts, head, stopped, verified, ms } = report;
  const seconds = (ms / 1_000).toFixed(1);
  return [
    `Imported ${events} events and ${receipts} receipts from ${file} in ${seconds} s.`,
    ...(already > 0 ? [`${already} events of the file were already in the store.`] : []),
    ...(report.leftOut > 0
      ? [`${report.leftOut} events are of persons who were erased since; they were left out.`]
      : []),
    ...(report.erasedAgain > 0
      ? [
          `${report.erasedAgain} erasures that the ledger has were repeated: nothing of those persons came back.`,
        ]
      : []),
    ...(moved > 0 ? [`${moved} events got new positions and therefore new hashes.`] : []),
    `The log ends at position ${head.position}; the hash of the last event is ${head.hash}.`,
    ...stopped.flatMap((poison) => [stoppedText(poison), skipText(poison)]),
    ...refoldedTexts(report.refolded),
    ...(verified ? verificationLines(verified) : []),
  ];
}

function verificationLines({ ok, findings, projections }: NonNullable<ImportReport['verified']>): string[] {
  if (ok) return [`Verified: the log is intact, and all ${projections.length} projections match it.`];
  return [
    'The verification found differences:',
    ...findings.map(({ check, what }) => `  ${check}: ${what}`),
    ...projections
      .filter(({ differences }) => differences > 0)
      .map(({ name, differences }) => `  ${name}: ${differences} rows do not match the log`),
  ];
}
