import type { Command } from 'commander';
import type { StoreStatsAnswer } from '../../../modules/ops/store-stats.dto.js';
import { openReads } from '../../../store/open-store-reader.js';
import { EXIT, operatorCommand, type Operation } from '../operator-command.js';
import { existingAddress, serviceOf } from '../where.js';

/** `edgesoul stats` */
export function statsCommand(): Command {
  return operatorCommand(
    'stats',
    'Counts users, events by type and rows, and reports the disk space that they take.',
    {
      on: ['store', 'service'],
      examples: ['npm run edgesoul -- stats', 'npm run --silent edgesoul -- stats --json'],
      action: async (operation) => {
        const stats = await statsOf(operation);
        operation.terminal.result(stats, reportLines(stats));
        return EXIT.done;
      },
    },
  );
}

async function statsOf(operation: Operation): Promise<StoreStatsAnswer> {
  const service = serviceOf(operation);
  if (service) return service.get<StoreStatsAnswer>('/v1/ops/stats');
  // Imported only here: the service's framework takes longer to load than any other command takes to run.
  const { storeStats } = await import('../../../modules/ops/get-store-stats.query.js');
  const reads = openReads(await existingAddress(operation.config));
  try {
    return await storeStats(reads);
  } finally {
    await reads.close();
  }
}

function reportLines({
  storeId,
  users,
  events,
  eventsByType,
  rowsByProjection,
  databaseBytes,
  bytesPerEvent,
  walBytes,
}: StoreStatsAnswer): string[] {
  return [
    `${users.toLocaleString('en')} users, ${events.toLocaleString('en')} events in store ${storeId}:`,
    ...countLines(eventsByType),
    'Rows:',
    ...countLines(rowsByProjection),
    `${megabytes(databaseBytes)} in the database${bytesPerEvent === null ? '' : `, ${bytesPerEvent} bytes an event`}${walBytes === null ? '' : `, ${megabytes(walBytes)} in the write-ahead log`}.`,
  ];
}

function countLines(counts: Record<string, number>): string[] {
  return Object.entries(counts).map(
    ([name, count]) => `  ${name.padEnd(22)} ${count.toLocaleString('en').padStart(12)}`,
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
