import { SingleBar } from 'cli-progress';
import type { Command } from './bodies.ts';

const BATCH_COMMANDS = 1_000;
const BATCHES_IN_FLIGHT = 2;

/** The service's answer to one command of a batch. */
export interface CommandAnswer {
  status: number;
  body?: { memoryId?: string };
  problem?: { code: string; detail: string };
}

/** A command of a batch, with the fields that only a batch accepts. */
export type BatchCommand = Command & { idempotencyKey?: string; occurredAt?: string };

/** The commands to load. */
export interface Load {
  label: string;
  count: number;
  /** 1 keeps the order. */
  batchesInFlight?: number;
  make: (number: number) => BatchCommand;
  onAnswer?: (answer: CommandAnswer, command: Command) => void;
}

/**
 * Loads commands by `POST /v1/commands` and returns the commands per second. Throws if a command is refused.
 */
export async function loadCommands(url: string, load: Load): Promise<number> {
  const { label, count, batchesInFlight = BATCHES_IN_FLIGHT, make, onAnswer } = load;
  const bar = new SingleBar({
    format: `  ${label} {bar} {value}/{total} {eta_formatted}`,
    hideCursor: true,
    etaBuffer: 50,
  });
  const start = performance.now();
  bar.start(count, 0);
  const batches = batchesOf(count, make);
  const sender = async () => {
    for (const commands of batches) {
      const answers = await post(url, commands);
      for (const [i, answer] of answers.entries()) onAnswer?.(answer, commands[i]!);
      bar.increment(commands.length);
    }
  };
  try {
    await Promise.all(Array.from({ length: batchesInFlight }, sender));
  } finally {
    bar.stop();
  }
  return count / ((performance.now() - start) / 1000);
}

/** All senders share this generator: each takes the next batch. */
function* batchesOf(count: number, make: Load['make']): Generator<BatchCommand[], void> {
  for (let first = 0; first < count; first += BATCH_COMMANDS) {
    yield Array.from({ length: Math.min(BATCH_COMMANDS, count - first) }, (_, i) => make(first + i));
  }
}

async function post(url: string, commands: readonly Command[]): Promise<CommandAnswer[]> {
  const response = await fetch(`${url}/v1/commands`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ commands }),
  });
  if (!response.ok)
    throw new Error(`POST /v1/commands answered ${response.status}: ${await response.text()}`);
  const { results } = (await response.json()) as { results: CommandAnswer[] };
  const refused = results.findIndex(({ status }) => status > 299);
  if (refused >= 0) {
    const answer = JSON.stringify(results[refused]);
    throw new Error(`Command ${JSON.stringify(commands[refused])} was refused: ${answer}`);
  }
  return results;
}
