import type { Command } from 'commander';
import { readBackups } from '../../operations/backup/backup-folder.js';
import { mayBeOf } from '../../operations/backup/own-backups.js';
import { listSegments } from '../../operations/shipping/segments.js';
import { readStore } from '../../store/open-store-reader.js';
import { EXIT, operatorCommand, type Operation } from './operator-command.js';
import { ageText, sizeText } from './texts.js';
import { addressOf, serviceOf } from './where.js';

/** `edgesoul backups` */
export function backupsCommand(): Command {
  return operatorCommand('backups', 'Lists the backups of the backup folder, newest first.', {
    examples: [
      'npm run edgesoul -- backups',
      'npm run --silent edgesoul -- backups --backup-dir /mnt/backups --json',
    ],
    action: async (operation) => {
      const {
        config: { backupDir: folder },
        terminal,
      } = operation;
      const { backups, broken } = await readBackups(folder);
      const own = await storeIdOf(operation);
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
          ({ file, position, bytes, createdAt, verified, storeId }) =>
            `  ${file}  position ${position}  ${sizeText(bytes)}  ${ageText(createdAt)} old  ${verified ? 'verified' : 'not verified'}${otherStoreText(own, storeId)}`,
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

/** The identity of the present store; undefined if there is none, or none that can be read. */
async function storeIdOf(operation: Operation): Promise<string | undefined> {
  try {
    const service = serviceOf(operation);
    if (service) return (await service.get<{ storeId: string }>('/v1/ops/projections')).storeId;
    return await readStore(addressOf(operation.config), (reader) => reader.storeId());
  } catch {
    return undefined;
  }
}

function otherStoreText(own: string | undefined, storeId: string | null): string {
  return mayBeOf(own, { storeId: storeId ?? undefined }) ? '' : `  of ANOTHER STORE, ${storeId}`;
}
