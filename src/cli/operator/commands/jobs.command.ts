import type { Command } from 'commander';
import { Unavailable } from '../../../errors.js';
import { EXIT, operatorCommand, type Operation } from '../operator-command.js';
import type { RunningService } from '../service.js';
import { ageText } from '../texts.js';
import { serviceOf } from '../where.js';

interface Job {
  jobId: string;
  kind: string;
  state: string;
  startedAt: string;
  done: number;
  total: number;
  error: { message: string } | null;
}

/** `edgesoul jobs` */
export function jobsCommand(): Command {
  return operatorCommand(
    'jobs',
    'Lists the backups, drills, rebuilds and verifications that a service has started, the running ones first.',
    {
      on: ['store', 'service'],
      examples: [
        'npm run edgesoul -- jobs',
        'npm run --silent edgesoul -- jobs --url http://127.0.0.1:3000 --json',
      ],
      action: async (operation) => {
        const { items } = await requiredService(operation).get<{ items: Job[] }>('/v1/ops/jobs');
        operation.terminal.result({ items }, items.length === 0 ? ['There are no jobs.'] : items.map(lineOf));
        return EXIT.done;
      },
    },
  );
}

/** `edgesoul cancel` */
export function cancelCommand(): Command {
  return operatorCommand('cancel', 'Cancels a job of a service; `jobs` lists their ids.', {
    on: ['store', 'service'],
    examples: ['npm run edgesoul -- cancel 0198c2a4-0000-7000-8000-000000000000'],
    action: async (operation, command) => {
      const id = encodeURIComponent(command.args[0] as string);
      const job = await requiredService(operation).delete<Job>(`/v1/ops/jobs/${id}`);
      const what = job.state === 'cancelled' ? 'is cancelled' : `had ended already: ${job.state}`;
      operation.terminal.result(job, [`The ${job.kind} ${job.jobId} ${what}.`]);
      return EXIT.done;
    },
  }).argument('<jobId>', 'the id of the job');
}

function requiredService(operation: Operation): RunningService {
  const service = serviceOf(operation);
  if (service) return service;
  const { dataDir, databaseUrl } = operation.config;
  const where =
    databaseUrl === undefined ? `No service runs on ${dataDir}` : 'A database does not record its services';
  throw new Unavailable('service.unreachable', `${where}; name one with --url.`);
}

function lineOf({ jobId, kind, state, startedAt, done, total, error }: Job): string {
  const percent = state === 'running' && total > 0 ? ` ${Math.floor((100 * done) / total)} %` : '';
  const why = error === null ? '' : `  ${error.message}`;
  return `  ${jobId}  ${kind.padEnd(12)} ${state}${percent}  begun ${ageText(startedAt)} ago${why}`;
}
