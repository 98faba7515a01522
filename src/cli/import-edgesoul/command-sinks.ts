import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../../config.js';
import { InvalidInput, StoreError, Unavailable, Unexpected } from '../../errors.js';
import { ACTORS } from '../../events/actors.js';
import { readCommand } from '../../modules/batch/read-command.js';
import { loadDeciders } from '../../modules/command-catalog.js';
import { commandData } from '../../modules/store-command.js';
import { openStore } from '../../store/open-store.js';
import type { RunningService } from '../operator/service.js';
import type { ImportCommand } from './import-command.js';
import type { CommandSink, Outcome } from './import-edgesoul.js';

const MAX_ATTEMPTS = 20;
const PAUSE_MS = 500;

interface Problem {
  code: string;
  detail: string;
  errors?: { path: string; message: string }[];
}

interface Result {
  status: number;
  body?: { position?: number | null };
  problem?: Problem;
}

/** Executes commands through a running service. */
export async function serviceSink(service: RunningService): Promise<CommandSink> {
  const { head } = await service.get<{ head: number }>('/v1/ops/projections');
  return {
    execute: async (commands) => {
      const results = await service.post<{ results: Result[] }>('/v1/commands', { commands });
      const outcomes = results.results.map((result) => outcomeOf(result, head));
      for (const [i, outcome] of outcomes.entries())
        outcomes[i] = outcome ?? (await again(service, commands[i] as ImportCommand, head));
      return outcomes as Outcome[];
    },
  };
}

/** Repeats a command that a busy service has refused. */
async function again(service: RunningService, command: ImportCommand, head: number): Promise<Outcome> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    await pause(PAUSE_MS);
    const { results } = await service.post<{ results: Result[] }>('/v1/commands', { commands: [command] });
    const outcome = outcomeOf(results[0] as Result, head);
    if (outcome) return outcome;
  }
  throw new Unavailable('service.busy', 'The service is busy; run the same command again later to continue.');
}

/** Opens the store and executes commands on it; no service runs on its data folder. */
export async function withStoreSink<T>(config: Config, work: (sink: CommandSink) => Promise<T>): Promise<T> {
  const store = await openStore(config, loadDeciders);
  try {
    const { head } = await store.reads.storeHead();
    return await work({
      execute: (commands) => Promise.all(commands.map((command) => execute(command))),
    });
    async function execute(entry: ImportCommand): Promise<Outcome> {
      try {
        const { command, userId, idempotencyKey, input } = readCommand(entry);
        const sent = new command(userId, input as never, { actor: ACTORS.original, idempotencyKey });
        const { status, body } = await store.writer.write(commandData(sent));
        return outcomeOf({ status, body: JSON.parse(body) as Result['body'] & object }, head) as Outcome;
      } catch (error) {
        if (!(error instanceof StoreError) || error.status >= 500) throw error;
        const { status, code, message: detail, errors } = error;
        return outcomeOf({ status, problem: { code, detail, ...(errors && { errors }) } }, head) as Outcome;
      }
    }
  } finally {
    await store.close();
  }
}

/** Executes nothing: a command that can be read counts as written. */
export const DRY_SINK: CommandSink = {
  execute: (commands) =>
    Promise.resolve(
      commands.map((command): Outcome => {
        try {
          readCommand(command);
          return 'written';
        } catch (error) {
          if (error instanceof InvalidInput) return { refused: reasonOf(problemOf(error)) };
          throw error;
        }
      }),
    ),
};

/** Undefined for a command to be sent again. `head` is the end of the log before the import. */
function outcomeOf({ status, body, problem }: Result, head: number): Outcome | undefined {
  if (!problem) return (body?.position ?? 0) > head ? 'written' : 'already';
  // Also a memory that was forgotten since: it must not come back. A key names what is written, so one that
  // is taken means that the same was brought before, at another time: the source touched its row again, or
  // the zone is another.
  if (problem.code === 'memory.already-exists' || problem.code === 'command.key-reused') return 'already';
  if (status === 503) return undefined;
  if (status >= 500) throw new Unexpected('internal.error', problem.detail);
  return { refused: reasonOf(problem) };
}

function problemOf({ code, message, errors }: StoreError): Problem {
  return { code, detail: message, ...(errors && { errors }) };
}

function reasonOf({ detail, errors }: Problem): string {
  const [first] = errors ?? [];
  return first ? `${first.path}: ${first.message}` : detail;
}
