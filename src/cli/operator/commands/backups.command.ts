import type { Command } from 'commander';
import { readBackups } from '../../../operations/backup/backup-folder.js';
import type { Manifest } from '../../../operations/backup/manifest.js';
import { mayBeOf } from '../../../operations/backup/own-backups.js';
import { holdingCopies, type HoldingCopies } from '../../../operations/copies/holding-copies.js';
import { listSegments } from '../../../operations/shipping/segments.js';
import { readStore } from '../../../store/open-store-reader.js';
import { EXIT, operatorCommand, type ExitCode, type Operation } from '../operator-command.js';
import type { RunningService } from '../service.js';
import type { Terminal } from '../terminal.js';
import { ageText, sizeText } from '../texts.js';
import { addressOf, serviceAt } from '../where.js';

/** `edgesoul backups` */
export function backupsCommand(): Command {
  return operatorCommand('backups', 'Lists the backups of the backup folder, newest first.', {
    on: ['store', 'backups', 'service'],
    examples: [
      'npm run edgesoul -- backups',
      'npm run --silent edgesoul -- backups --backup-dir /mnt/backups --json',
      'npm run edgesoul -- backups --url http://store.internal:3000',
    ],
    action: async (operation) => {
      const { config, url, terminal } = operation;
      if (url !== undefined) return listOfService(serviceAt(url, operation), terminal);
      const folder = config.backupDir;
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
      const holding = await holdingIn(operation);
      terminal.result({ folder, items, broken, segments: segments.length, shippedTo, ...holding }, [
        items.length === 0 ? `There is no backup in ${folder}.` : `Backups in ${folder}:`,
        ...items.map((item) => lineOf(item) + otherStoreText(own, item.storeId)),
        ...broken.map(({ name, why }) => `  ${name}  BROKEN: ${why}`),
        ...(shippedTo === null
          ? []
          : [`  and ${segments.length} segments of the log, up to position ${shippedTo}`]),
        ...holdingLines(holding),
      ]);
      return EXIT.done;
    },
  });
}

/** Who of the present store was erased and is in which copy; nobody is known if it cannot be read. */
async function holdingIn({ config }: Operation): Promise<HoldingCopies> {
  const none = { stillHolding: [], keptAside: [] };
  return holdingCopies(config.backupDir, addressOf(config)).catch(() => none);
}

/** Users that a line names; the JSON has all. */
const NAMED_USERS = 5;

function holdingLines({ stillHolding, keptAside }: HoldingCopies): string[] {
  return [
    ...(stillHolding.length === 0 ? [] : ['Copies that may have erased persons:']),
    ...stillHolding.map(({ file, userIds, why }) => {
      const more = userIds.length > NAMED_USERS ? ` and ${userIds.length - NAMED_USERS} more` : '';
      return `  ${file}: ${userIds.slice(0, NAMED_USERS).join(', ')}${more}${why === null ? '' : `; ${why}`}`;
    }),
    ...(stillHolding.some(({ why }) => why === null)
      ? ['A running service rewrites them; without one: npm run edgesoul -- erase --copies']
      : []),
    ...(keptAside.length === 0
      ? []
      : [
          `Nothing rewrites what a restore or a reset kept aside in the data folder: ${keptAside.join(', ')}. Remove it when you are done.`,
        ]),
  ];
}

type Listed = Pick<
  Manifest,
  'backupId' | 'file' | 'bytes' | 'position' | 'events' | 'createdAt' | 'verified'
>;

/** The identity of the present store; undefined if there is none, or none that can be read. */
async function storeIdOf({ config }: Operation): Promise<string | undefined> {
  return readStore(addressOf(config), (reader) => reader.storeId()).catch(() => undefined);
}

function otherStoreText(own: string | undefined, storeId: string | null): string {
  return mayBeOf(own, { storeId: storeId ?? undefined }) ? '' : `  of ANOTHER STORE, ${storeId}`;
}

/** Lists what the service has in its folder, which may be on another machine. */
async function listOfService(service: RunningService, terminal: Terminal): Promise<ExitCode> {
  const answer = await service.get<{ items: (Listed & { state: string })[] } & HoldingCopies>(
    '/v1/ops/backups',
  );
  const { stillHolding, keptAside } = answer;
  const items = answer.items.filter(({ state }) => state === 'done');
  const title =
    items.length === 0
      ? `The service at ${service.url} has no backup.`
      : `Backups of the service at ${service.url}:`;
  const lines = [title, ...items.map(lineOf), ...holdingLines(answer)];
  terminal.result({ items, stillHolding, keptAside }, lines);
  return EXIT.done;
}

function lineOf({ file, position, bytes, createdAt, verified }: Listed): string {
  return `  ${file}  position ${position}  ${sizeText(bytes)}  ${ageText(createdAt)} old  ${verified ? 'verified' : 'not verified'}`;
}
