import type { Command } from 'commander';
import type { StoreStatsAnswer } from '../../modules/ops/store-stats.dto.js';
import { openReads } from '../../store/open-store-reader.js';
import { EXIT, operatorCommand, type Operation } from './operator-command.js';
import { existing, serviceOf } from './where.js';

/** `edgesoul stats` */
export function statsCommand(): Command {
  return operatorCommand(
    'stats',
    'Counts users, events by type and rows, and says how much room they take.',
    {
      examples: ['npm run edgesoul -- stats', 'npm run --silent edgesoul -- stats --json'],
      action: async (operation) => {
        const stats = await statsOf(operation);
        operation.terminal.result(stats, linesOf(stats));
        return EXIT.done;
      },
    },
  );
}

async function statsOf(operation: Operation): Promise<StoreStatsAnswer> {
  const service = serviceOf(operation);
  if (service) return service.get<StoreStatsAnswer>('/v1/ops/stats');
  // Only here: the framework of the service takes longer to load than every other command takes.
  const { storeStats } = await import('../../modules/ops/get-store-stats.query.js');
  const reads = openReads(await existing(operation.config));
  try {
    return await storeStats(reads);
  } finally {
    await reads.close();
  }
}

function linesOf({
  users,
  events,
  eventsByType,
  rowsByProjection,
  databaseBytes,
  bytesPerEvent,
  walBytes,
}: StoreStatsAnswer): string[] {
  return [
    `${users.toLocaleString('en')} users, ${events.toLocaleString('en')} events:`,
    ...counted(eventsByType),
    'Rows:',
    ...counted(rowsByProjection),
    `${megabytes(databaseBytes)} in the database${bytesPerEvent === null ? '' : `, ${bytesPerEvent} bytes an event`}${walBytes === null ? '' : `, ${megabytes(walBytes)} in the write-ahead log`}.`,
  ];
}

function counted(counts: Record<string, number>): string[] {
  return Object.entries(counts).map(
    ([name, count]) => `  ${name.padEnd(22)} ${count.toLocaleString('en').padStart(12)}`,
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
