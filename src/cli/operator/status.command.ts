import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { checkpointsTable, failuresTable } from '../../events/log/log-tables.js';
import { PROJECTIONS } from '../../projections/projection-catalog.js';
import { openStoreReader } from '../../store/open-store-reader.js';
import { EXIT, operatorCommand, type Operation } from './operator-command.js';
import { addressOf, serviceOf } from './where.js';

interface Status {
  service: string | null;
  head: number;
  projections: { name: string; position: number; lag: number; state: string }[];
}

/** `edgesoul status` */
export function statusCommand(): Command {
  return operatorCommand(
    'status',
    'Says whether a service runs, where the log ends and how far each projection is.',
    {
      examples: ['npm run edgesoul -- status', 'npm run --silent edgesoul -- status --json'],
      action: async (operation) => {
        const status = await statusOf(operation);
        operation.terminal.result(status, [
          status.service === null ? 'No service runs on this store.' : `A service runs at ${status.service}.`,
          `The log ends at position ${status.head}.`,
          ...status.projections.map(
            ({ name, state, position, lag }) =>
              `  ${name.padEnd(20)} ${state.padEnd(10)} at ${position}, ${lag} behind`,
          ),
        ]);
        return EXIT.done;
      },
    },
  );
}

async function statusOf(operation: Operation): Promise<Status> {
  const service = serviceOf(operation);
  if (service) {
    const { head, items } = await service.get<{ head: number; items: Status['projections'] }>(
      '/v1/ops/projections',
    );
    return { service: service.url, head, projections: items };
  }
  const address = addressOf(operation.config);
  if ('file' in address && !existsSync(address.file)) return { service: null, head: 0, projections: [] };
  const reader = openStoreReader(address);
  try {
    return await reader.snapshot(async () => {
      const { position: head } = await reader.head();
      const all = { filters: [], order: ['projection'], limit: PROJECTIONS.length };
      const checkpoints = await reader.rows(checkpointsTable, all);
      const failures = await reader.rows(failuresTable, all);
      const projections = PROJECTIONS.map(({ name, version }) => {
        const at = checkpoints.find(({ projection }) => projection === name);
        const position = at?.position ?? 0;
        const failed = failures.some(({ projection }) => projection === name);
        const state = failed ? 'failed' : at?.version === version ? 'live' : 'rebuilding';
        return { name, position, lag: head - position, state };
      });
      return { service: null, head, projections };
    });
  } finally {
    await reader.close();
  }
}
