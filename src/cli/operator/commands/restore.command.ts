import type { Command } from 'commander';
import { InvalidInput } from '../../../errors.js';
import { identityToDrill } from '../../../operations/backup/own-backups.js';
import { runDrill } from '../../../operations/backup/run-backup.js';
import { readIdentities } from '../../../operations/encryption/identities.js';
import type { DrillProof } from '../../../operations/restore/drill.js';
import type { RestoreTarget } from '../../../operations/restore/restore-plan.js';
import {
  restoreFile,
  restoreInto,
  type RestoreReport,
  type RestoreWatch,
} from '../../../operations/restore/restore.js';
import { instantMs, isInstant } from '../../../validation/instants.js';
import { interruptible } from '../interruptible.js';
import { EXIT, operatorCommand, type ExitCode, type Operation } from '../operator-command.js';
import { refoldedTexts, skipText, stoppedText, timeText } from '../texts.js';
import { addressOf, refuseBesideService } from '../where.js';

interface RestoreOptions {
  to?: string;
  from?: string;
  drill?: boolean;
  identityFile?: string;
  withoutLedger?: boolean;
}

/** `edgesoul restore` */
export function restoreCommand(): Command {
  return operatorCommand(
    'restore',
    'Restores a backup and the segments after it: builds the store beside the present one, verifies it, and swaps the two. ' +
      'The service must not run. On PostgreSQL the database must be empty.',
    {
      on: ['store', 'backups'],
      examples: [
        'npm run edgesoul -- restore',
        'npm run edgesoul -- restore --to 2026-03-01T18:30:00Z',
        'npm run edgesoul -- restore --to 48211 --backup-dir /mnt/backups --data-dir ./data',
        'npm run edgesoul -- restore --from edgesoul_backup_2026-03-01T03-00-00-000Z.db.zst',
        'npm run edgesoul -- restore --drill --identity-file backup-identity.txt',
      ],
      action: async (operation, command) => {
        const { to, from, drill, identityFile, withoutLedger } = command.opts<RestoreOptions>();
        const source = {
          folder: operation.config.backupDir,
          from,
          identities: identityFile === undefined ? undefined : await readIdentities(identityFile),
          target: to === undefined ? undefined : parseTarget(to),
          withoutLedger,
        };
        if (drill) {
          const progress = operation.terminal.progress('Restoring');
          const storeId = await identityToDrill(addressOf(operation.config), source.folder);
          const proof = await interruptible((signal) =>
            runDrill({ ...source, storeId }, { progress, signal }),
          );
          operation.terminal.result(proof, ['The backups can be restored:', ...reportLines(proof)]);
          return exitCodeOf(proof);
        }
        const restored = await restore(operation, source);
        operation.terminal.result(restored, [
          'Restored:',
          ...reportLines(restored),
          ...restored.stopped.map(skipText),
          ...previousLines(restored),
        ]);
        return exitCodeOf(restored);
      },
    },
  )
    .option(
      '--to <time|position>',
      'the state to restore: an ISO 8601 time with a time zone, or the position of an event',
    )
    .option('--identity-file <file>', 'the secret keys that read encrypted backups')
    .option('--from <backup>', 'this backup instead of the newest that fits')
    .option(
      '--without-ledger',
      'bring back who was erased since the backup: neither the ledger beside the backups nor the present store is asked',
    )
    .option(
      '--drill',
      'prove in a scratch file that the backups can be restored, without touching the store',
    );
}

function previousLines({ keptAside, leftBehind }: RestoreReport): string[] {
  if (keptAside === null) return [];
  const kept = `The store before it is kept as ${keptAside}.`;
  if (!leftBehind) return [kept];
  const { from, to } = leftBehind;
  return [
    kept,
    `Events that only it has: ${to - from + 1}, at its positions ${from} to ${to}; they are not in the restored store.`,
  ];
}

/** A projection that stopped at a poison event counts as a difference. */
function exitCodeOf({ stopped }: Pick<RestoreReport, 'stopped'>): ExitCode {
  return stopped.length > 0 ? EXIT.differences : EXIT.done;
}

function restore(operation: Operation, source: Parameters<typeof restoreFile>[1]): Promise<RestoreReport> {
  const { config, terminal } = operation;
  refuseBesideService(operation, ' restore --drill works beside it.');
  let report = terminal.progress('Restoring');
  const watch: RestoreWatch = {
    onStep: (step) => {
      report = terminal.progress(step);
    },
    progress: (done, total) => report(done, total),
  };
  return config.databaseUrl === undefined
    ? interruptible(
        (signal) => restoreFile(config.dataDir, source, { ...watch, signal }),
        'Interrupted; unfinished files were removed, and the store is as it was.',
      )
    : interruptible(
        (signal) => restoreInto(addressOf(config), source, { ...watch, signal }),
        'Interrupted; the database is unfinished: drop it, and restore into a new, empty one.',
      );
}

function parseTarget(text: string): RestoreTarget {
  if (/^\d{1,15}$/.test(text)) return { position: Number(text) };
  if (isInstant(text)) return { time: instantMs(text) };
  throw InvalidInput.field(
    '--to',
    'must be the position of an event, or an ISO 8601 time with a time zone, such as 2026-03-01T18:30:00Z',
  );
}

function reportLines(done: RestoreReport | DrillProof): string[] {
  const { position, events, receipts, chainHead, recordedAt, leftOutFrom } = done;
  return [
    `  from      ${done.backup}${done.segments > 0 ? ` and ${done.segments} segments (${done.replayed} events)` : ''}`,
    `  position  ${position}${recordedAt === null ? '' : `, recorded at ${recordedAt}`}`,
    `  chain     ${chainHead}`,
    `  events    ${events}, receipts ${receipts}`,
    ...(done.erasedAgain === 0 ? [] : [`  erased    ${done.erasedAgain} persons again, as the ledger says`]),
    ...(leftOutFrom === null
      ? []
      : [`  left out  the command that begins at position ${leftOutFrom}: --to would have cut it in half`]),
    ...done.digests.map(
      ({ name, rows, restored, equal }) =>
        `  ${name.padEnd(20)} ${rows} rows, digest ${restored.slice(0, 16)}… ${equal ? 'as in the manifest' : 'NOT as in the manifest'}`,
    ),
    ...done.projections.map(
      ({ name, rows }) => `  ${name.padEnd(20)} ${rows} rows at the end, equal to a new fold`,
    ),
    ...refoldedTexts(done.refolded),
    ...done.stopped.map(stoppedText),
    ...done.steps.map(({ step, ms }) => `  ${step.padEnd(9)} ${timeText(ms)}`),
    `  in all    ${timeText(done.ms)}`,
  ];
}
