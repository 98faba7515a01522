import type { Command } from 'commander';
import { readBackups } from '../../operations/backup/backup-folder.js';
import { listSegments } from '../../operations/shipping/segments.js';
import { EXIT, operatorCommand } from './operator-command.js';
import { ageText, sizeText } from './texts.js';

/** `edgesoul backups` */
export function backupsCommand(): Command {
  return operatorCommand('backups', 'Lists the backups of the backup folder, newest first.', {
    examples: [
      'npm run edgesoul -- backups',
      'npm run --silent edgesoul -- backups --backup-dir /mnt/backups --json',
    ],
    action: async ({ config: { backupDir: folder }, terminal }) => {
      const { backups, broken } = await readBackups(folder);
      const items = backups.map(
        ({ backupId, storeId = null, file, bytes, position, events, createdAt, recordedAt, verified }) => ({
          backupId,
          storeId,
          file,
          bytes,
          position,
          events,
          createdAt,
          recordedAt,
          verified,
        }),
      );
      const segments = await listSegments(folder);
      const shippedTo = segments.at(-1)?.to ?? null;
      terminal.result({ folder, items, broken, segments: segments.length, shippedTo }, [
        items.length === 0 ? `There is no backup in ${folder}.` : `Backups in ${folder}:`,
        ...items.map(
          ({ file, position, bytes, createdAt, verified }) =>
            `  ${file}  position ${position}  ${sizeText(bytes)}  ${ageText(createdAt)} old  ${verified ? 'verified' : 'not verified'}`,
        ),
        ...broken.map(({ name, why }) => `  ${name}  BROKEN: ${why}`),
        ...(shippedTo === null
          ? []
          : [`  and ${segments.length} segments of the log, up to position ${shippedTo}`]),
      ]);
      return EXIT.done;
    },
  });
}
