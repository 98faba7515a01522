import type { Command } from 'commander';
import { loadDeciders } from '../../../../modules/command-catalog.js';
import { retentionEffects } from '../../../../modules/retention-effects.js';
import { syncLedger } from '../../../../operations/copies/logged-erasures.js';
import { Erasures } from '../../../../operations/erasure/erasures.js';
import type { JobContext } from '../../../../operations/job-context.js';
import { hasRules } from '../../../../operations/retention/retention-policy.js';
import type { RetentionReport } from '../../../../operations/retention/retention-report.js';
import { dryRetention, runRetention } from '../../../../operations/retention/run-retention.js';
import { Retractions } from '../../../../operations/retraction/retractions.js';
import { openStore } from '../../../../store/open-store.js';
import type { Store } from '../../../../store/store.js';
import { interruptible } from '../../interruptible.js';
import { EXIT, operatorCommand, type Operation } from '../../operator-command.js';
import type { FollowedJob } from '../../service.js';
import { existingAddress, serviceOf } from '../../where.js';

/** What a run answers, of a service or of this process. */
type Report = Omit<RetentionReport, 'isDryRun'>;

/** `edgesoul retention` */
export function retentionCommand(): Command {
  return operatorCommand(
    'retention',
    'Erases for good what is older than RETENTION_* lets it be, as a service does by its schedule: a service that runs ' +
      'applies its own policy. --dry-run erases nothing and says what would be.',
    {
      on: ['store', 'backups', 'service'],
      examples: [
        'npm run edgesoul -- retention --dry-run',
        'RETENTION_TURNS=90d npm run edgesoul -- retention --dry-run',
        'npm run --silent edgesoul -- retention --json',
      ],
      action: async (operation, command) => {
        const { dryRun = false } = command.opts<{ dryRun?: boolean }>();
        const report = await applied(operation, dryRun);
        const lines = (await isWithoutRules(operation)) ? [NO_RULE] : reportLines(report, dryRun);
        operation.terminal.result(report, lines);
        return EXIT.done;
      },
    },
  ).option('--dry-run', 'erase nothing, and say what would be erased');
}

const NO_RULE =
  'No rule is set (RETENTION_TURNS, RETENTION_EMOTIONS, RETENTION_MEMORIES, RETENTION_REMOVED, RETENTION_USERS): nothing is ever too old.';

/** Whether the policy of the service, or of this command where none runs, keeps everything for ever. */
async function isWithoutRules(operation: Operation): Promise<boolean> {
  const service = serviceOf(operation);
  if (!service) return !hasRules(operation.config.retention.policy);
  const { policy } = await service.get<{ policy: Record<string, unknown> }>('/v1/ops/retention');
  return Object.values(policy).every((rule) => rule === null);
}

async function applied(operation: Operation, dryRun: boolean): Promise<Report> {
  const { terminal, config } = operation;
  const progress = terminal.progress(dryRun ? 'Looking' : 'Erasing what is too old', 'events');
  const service = serviceOf(operation);
  if (service) {
    const request = { kind: 'retention', path: '/v1/ops/retention', body: { dryRun } } as const;
    const { report } = await service.run<FollowedJob & { report: Report }>(request, progress);
    return report;
  }
  await existingAddress(config);
  const store = await openStore(config, loadDeciders);
  try {
    return await interruptible(
      (signal) => applyIn(store, operation, { dryRun, context: { progress, signal } }),
      'Interrupted; what was erased is gone. Run the same command again to go on.',
    );
  } finally {
    await store.close();
  }
}

async function applyIn(
  { address, reads, writer }: Store,
  { config }: Operation,
  { dryRun, context }: { dryRun: boolean; context: JobContext },
): Promise<Report> {
  const { policy } = config.retention;
  if (dryRun) return dryRetention({ address, reads, policy }, context);
  const erasures = new Erasures(address, config.backupDir);
  const retractions = new Retractions(address);
  try {
    const usersErased = async () => void (await syncLedger(config.backupDir, address));
    const effects = retentionEffects({ writer, retractions, erasures, usersErased });
    const report = await runRetention({ address, reads, policy, effects }, context);
    if (hasRules(policy)) await erasures.vacuums.ended();
    return report;
  } finally {
    await retractions.close();
    await erasures.close();
  }
}

function reportLines(report: Report, dryRun: boolean): string[] {
  const { rules, events, memories, users, erasedUsers, unsealed, leftOut, listed, listedErased } = report;
  const verb = dryRun ? 'would be erased' : 'erased';
  return [
    `${events} events of ${users} persons ${verb}, among them ${memories} memories.`,
    ...Object.entries(rules).map(([rule, count]) => `  ${rule.padEnd(9)} ${count} events`),
    `${erasedUsers} persons without newer events ${verb} as a whole.`,
    ...listedErased.map((userId) => `  ${userId}`),
    ...(dryRun ? listed.map((user) => `  ${user.userId}: ${user.events} events`) : []),
    ...(unsealed > 0
      ? [`${unsealed} events are too old, and stay: a release before seals has written them.`]
      : []),
    ...(leftOut > 0
      ? [`${leftOut} persons are left to the next run, as they were written to meanwhile.`]
      : []),
  ];
}
