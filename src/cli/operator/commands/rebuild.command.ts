import { Option, type Command } from 'commander';
import { rebuildInThread } from '../../../operations/rebuild/rebuild-in-thread.js';
import type { RebuildReport } from '../../../operations/rebuild/rebuild.js';
import { PROJECTIONS } from '../../../projections/projection-catalog.js';
import { migrate } from '../../../store/migrate.js';
import { interruptible } from '../interruptible.js';
import { EXIT, operatorCommand, type Operation } from '../operator-command.js';
import type { FollowedJob } from '../service.js';
import { skipText, stoppedText } from '../texts.js';
import { addressOf, serviceOf, withStore } from '../where.js';

interface Options {
  projection?: string[];
  skip?: string;
}

/** The outcome of a rebuild, run by a service or by this process. */
type Outcome = Pick<RebuildReport, 'position' | 'swapped' | 'failed' | 'differences'> & {
  state: string;
};

/** `edgesoul rebuild` */
export function rebuildCommand(): Command {
  return operatorCommand(
    'rebuild',
    'Rebuilds projections from the log beside the live ones, compares both, and swaps them.',
    {
      on: ['store', 'service'],
      examples: [
        'npm run edgesoul -- rebuild',
        'npm run edgesoul -- rebuild --projection memory-index emotion-trend',
        'npm run edgesoul -- rebuild --skip 0198c2a4-0000-7000-8000-000000000000',
      ],
      action: async (operation, command) => {
        const { projection: projections, skip } = command.opts<Options>();
        const request = { ...(projections && { projections }), ...(skip !== undefined && { skip }) };
        const outcome = await runRebuild(operation, request);
        operation.terminal.result(outcome, reportLines(outcome));
        return outcome.state === 'swapped' ? EXIT.done : EXIT.failed;
      },
    },
  )
    .addOption(
      new Option('--projection <names...>', 'rebuild only these projections').choices(
        PROJECTIONS.map(({ name }) => name),
      ),
    )
    .option('--skip <eventId>', 'permanently skip this event in the projections that have stopped at it');
}

async function runRebuild(
  operation: Operation,
  request: { projections?: string[]; skip?: string },
): Promise<Outcome> {
  const { terminal, config } = operation;
  const progress = terminal.progress('Rebuilding', 'events');
  const service = serviceOf(operation);
  if (service) {
    return service.run<Outcome & FollowedJob>(
      { kind: 'rebuild', path: '/v1/ops/rebuilds', body: request },
      progress,
    );
  }
  return withStore(config, async () => {
    const address = addressOf(config);
    await migrate(address);
    const rebuilt = await interruptible(
      (signal) => rebuildInThread({ address, ...request }, { progress, signal }),
      'Interrupted; unfinished tables were removed, and the live ones were kept.',
    );
    return { ...rebuilt, state: rebuilt.failed.length > 0 ? 'failed' : 'swapped' };
  });
}

function reportLines({ state, swapped, failed, differences, position }: Outcome): string[] {
  return [
    ...(swapped.length > 0
      ? [`Rebuilt up to position ${position}: ${swapped.join(', ')}.`]
      : [`The rebuild ${state}.`]),
    ...differences
      .filter(({ differences: count }) => count > 0)
      .map(
        ({ name, differences: count, rows }) =>
          `  ${name}: ${count} of ${rows} rows did not match the log and have been corrected.`,
      ),
    ...failed.flatMap((poison) => [stoppedText(poison), skipText(poison)]),
  ];
}
