import type { Command } from 'commander';
import { newId } from '../../../events/uuid.js';
import { prune } from '../../../operations/backup/prune.js';
import { runBackup } from '../../../operations/backup/run-backup.js';
import { checkRecipients } from '../../../operations/encryption/encrypted-files.js';
import { refuseLossy } from '../../../operations/loss/refuse-lossy.js';
import { interruptible } from '../interruptible.js';
import { EXIT, operatorCommand, type Operation } from '../operator-command.js';
import { runRewriting } from '../rewriting.js';
import type { FollowedJob, RunningService } from '../service.js';
import { sizeText } from '../texts.js';
import { existingAddress, serviceOf } from '../where.js';

/** The result of a backup, made by a running service or by this process. */
interface BackupResult {
  backupId: string;
  file: string;
  bytes: number;
  sha256: string;
  position: number;
  events: number;
  createdAt: string;
  verified: boolean;
}

/** `edgesoul backup` */
export function backupCommand(): Command {
  return operatorCommand(
    'backup',
    'Writes a full, verified backup into the backup folder, also while the service runs.',
    {
      on: ['store', 'backups', 'service'],
      examples: [
        'npm run edgesoul -- backup',
        'npm run edgesoul -- backup --backup-dir /mnt/backups',
        'npm run --silent edgesoul -- backup --json',
      ],
      action: async (operation) => {
        const { file, bytes, sha256, position, events, createdAt, verified, backupId } =
          await makeBackup(operation);
        operation.terminal.result({ backupId, file, bytes, sha256, position, events, createdAt, verified }, [
          `Backed up ${events} events, up to position ${position}, into ${file} (${sizeText(bytes)}).`,
          `SHA-256 ${sha256}; it was read again and compared.`,
        ]);
        return EXIT.done;
      },
    },
  );
}

function makeBackup(operation: Operation): Promise<BackupResult> {
  const service = serviceOf(operation);
  return service ? backUpByService(service, operation) : backUpHere(operation);
}

function backUpByService(service: RunningService, { terminal }: Operation): Promise<BackupResult> {
  return service.run<FollowedJob & BackupResult>(
    { kind: 'backup', path: '/v1/ops/backups' },
    terminal.progress('Backing up'),
  );
}

async function backUpHere({ config, terminal }: Operation): Promise<BackupResult> {
  const { backupDir: folder, backups } = config;
  const progress = terminal.progress('Backing up');
  const { recipients } = backups;
  await checkRecipients(recipients);
  const order = { address: await existingAddress(config), folder, backupId: newId(), recipients };
  await refuseLossy(order);
  const manifest = await interruptible((signal) => runBackup(order, { progress, signal }));
  await prune(folder, backups.keep, order.address);
  // What erasures without a service have left.
  await runRewriting(order, terminal);
  return manifest;
}
