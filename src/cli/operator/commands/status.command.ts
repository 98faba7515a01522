import type { Command } from 'commander';
import { listBackups } from '../../../operations/backup/backup-folder.js';
import type { Manifest } from '../../../operations/backup/manifest.js';
import { mayBeOf } from '../../../operations/backup/own-backups.js';
import { findLoss } from '../../../operations/loss/find-loss.js';
import { lossText } from '../../../operations/loss/loss-errors.js';
import { endsBeside } from '../../../operations/loss/loss-watch.js';
import { lastDrill, type DrillResult } from '../../../operations/restore/drill.js';
import { listSegments, sealOf } from '../../../operations/shipping/segments.js';
import { allCheckpoints, allFailures, failureText } from '../../../projections/folding/checkpoints.js';
import type { StoreReader } from '../../../projections/folding/store-reader.js';
import { positionsOf } from '../../../projections/reads/positions.js';
import type { DatabaseAddress } from '../../../store/database-address.js';
import { openStoreReader } from '../../../store/open-store-reader.js';
import { unfinishedIn, unfinishedText } from '../../../store/unfinished.js';
import { EXIT, operatorCommand, type Operation } from '../operator-command.js';
import type { RunningService } from '../service.js';
import { ageText } from '../texts.js';
import { existingAddress, serviceOf } from '../where.js';

interface StoreStatus {
  service: string | null;
  /** The UUID that names the store. */
  storeId: string;
  /** What is wrong with the store as a whole; null if nothing is known to be. */
  problem: string | null;
  head: number;
  projections: { name: string; position: number; lag: number; state: string; lastError?: string }[];
}

interface BackupStatus {
  lastBackup: Pick<Manifest, 'file' | 'createdAt' | 'position'> | null;
  /** Position up to which segments contain the log; null if there are none. */
  shippedTo: number | null;
  lastDrill: Pick<DrillResult, 'ok' | 'at' | 'lastSuccessAt'> | null;
}

type Status = StoreStatus & BackupStatus;

/** `edgesoul status` */
export function statusCommand(): Command {
  return operatorCommand(
    'status',
    'Reports whether a service runs, where the log ends and the position of each projection.',
    {
      on: ['store', 'backups', 'service'],
      examples: ['npm run edgesoul -- status', 'npm run --silent edgesoul -- status --json'],
      action: async (operation) => {
        const status = await statusOf(operation);
        operation.terminal.result(status, [
          serviceLine(status, operation),
          `The log of store ${status.storeId} ends at position ${status.head}.`,
          ...(status.problem === null ? [] : [status.problem]),
          ...status.projections.flatMap(({ name, state, position, lag, lastError }) => [
            `  ${name.padEnd(20)} ${state.padEnd(10)} at ${position}, ${lag} behind`,
            ...(lastError === undefined ? [] : [`  ${' '.repeat(20)} ${lastError}`]),
          ]),
          ...backupLines(status),
        ]);
        return EXIT.done;
      },
    },
  );
}

/** A PostgreSQL database does not record which services use it. */
function serviceLine({ service }: Status, { config }: Operation): string {
  if (service !== null) return `A service runs at ${service}.`;
  return config.databaseUrl === undefined
    ? 'No service runs on this store.'
    : 'Read from the database; --url uses a service on it instead.';
}

async function statusOf(operation: Operation): Promise<Status> {
  const service = serviceOf(operation);
  const store = await storeStatusOf(operation, service);
  const backups = service
    ? await backupStatusOf(service)
    : await backupStatusIn(operation.config.backupDir, store.storeId);
  return { ...store, ...backups };
}

/** The backups that a service makes are in its folder, which may be on another machine. */
async function backupStatusOf(service: RunningService): Promise<BackupStatus> {
  const { backup, continuous, drill } = await service.health<{
    backup: { last?: BackupStatus['lastBackup'] };
    continuous: { position?: number | null };
    drill: { last?: BackupStatus['lastDrill'] };
  }>('/health/backups');
  return {
    lastBackup: backup.last ?? null,
    shippedTo: continuous.position ?? null,
    lastDrill: drill.last ?? null,
  };
}

/** The folder may have the backups of other stores too. */
async function backupStatusIn(folder: string, storeId: string): Promise<BackupStatus> {
  const [backups, shippedTo, drill] = await Promise.all([
    listBackups(folder),
    shippedPosition(folder, storeId),
    lastDrill(folder, storeId),
  ]);
  const newest = backups.find((backup) => mayBeOf(storeId, backup));
  return {
    lastBackup: newest ? { file: newest.file, createdAt: newest.createdAt, position: newest.position } : null,
    shippedTo,
    lastDrill: drill ? { ok: drill.ok, at: drill.at, lastSuccessAt: drill.lastSuccessAt } : null,
  };
}

async function shippedPosition(folder: string, storeId: string): Promise<number | null> {
  for (const segment of (await listSegments(folder)).toReversed())
    if (mayBeOf(storeId, await sealOf(folder, segment))) return segment.to;
  return null;
}

function backupLines({ lastBackup, shippedTo, lastDrill: drill }: Status): string[] {
  return [
    lastBackup === null
      ? 'There is no backup.'
      : `The last backup is ${lastBackup.file}, ${ageText(lastBackup.createdAt)} old, up to position ${lastBackup.position}.`,
    ...(shippedTo === null ? [] : [`Segments hold the log up to position ${shippedTo}.`]),
    drill === null
      ? 'There has been no restore drill.'
      : `The last restore drill, ${ageText(drill.at)} ago, ${drill.ok ? 'succeeded' : 'FAILED'}.`,
  ];
}

async function storeStatusOf(
  operation: Operation,
  service: RunningService | undefined,
): Promise<StoreStatus> {
  if (service) {
    const { storeId, head, items } = await service.get<{
      storeId: string;
      head: number;
      items: Status['projections'];
    }>('/v1/ops/projections');
    const { log } = await service.health<{ log?: { missing?: string } }>('/health/ready');
    return { service: service.url, storeId, problem: log?.missing ?? null, head, projections: items };
  }
  const address = await existingAddress(operation.config);
  const reader = openStoreReader(address);
  try {
    const problem = await problemOf(reader, address, operation.config.backupDir);
    return await reader.snapshot(async () => {
      const { position: head } = await reader.head();
      const failures = await allFailures(reader);
      const positions = positionsOf(head, await allCheckpoints(reader));
      const projections = positions.projections.map(({ name, position, status }) => {
        const failure = failures.find(({ projection }) => projection === name);
        const state = failure ? 'failed' : status === 'live' ? 'live' : 'rebuilding';
        const error = failure ? { lastError: failureText(failure) } : {};
        return { name, position, lag: head - position, state, ...error };
      });
      return { service: null, storeId: await reader.storeId(), problem, head, projections };
    });
  } finally {
    await reader.close();
  }
}

/** An import that has not ended, or acknowledged events that the log has lost. */
async function problemOf(
  reader: StoreReader,
  address: DatabaseAddress,
  folder: string,
): Promise<string | null> {
  const unfinished = await unfinishedIn(reader);
  if (unfinished) return unfinishedText(unfinished);
  const loss = await findLoss({ reader, folder, others: endsBeside(address) });
  return loss ? lossText(loss) : null;
}
