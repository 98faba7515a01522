import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoreError } from '../../errors.js';
import { writeJson, writingTo } from '../backup/backup-folder.js';
import type { StepTime } from '../backup/manifest.js';
import { SCRATCH } from '../backup/scratch-names.js';
import { Steps } from '../backup/steps.js';
import { isStillThere } from '../copies/exchange.js';
import { withIdentities } from '../encryption/identities.js';
import type { Progress } from '../job-context.js';
import { buildStore, type BuiltStore } from './build-store.js';
import { choosePlan } from './choose-plan.js';
import type { RestorePlan } from './restore-plan.js';
import type { RestoreSource } from './restore.js';

/** Attempts of one drill, each with another backup. */
const MAX_ATTEMPTS = 3;

/** The proof that the backups can be restored. */
export interface DrillProof extends BuiltStore {
  backup: string;
  /** When the backup was made, ISO 8601. */
  backupCreatedAt: string;
  segments: number;
  steps: StepTime[];
  ms: number;
}

export interface DrillResult {
  ok: boolean;
  /** ISO 8601. */
  at: string;
  proof?: DrillProof;
  error?: { code: string; message: string };
  /** When a drill last succeeded, ISO 8601; null if none has. */
  lastSuccessAt: string | null;
}

/**
 * Restores into a scratch file, verifies it, and deletes it; touches nothing else. Throws as a restore does.
 */
export function drill(source: RestoreSource, progress?: Progress): Promise<DrillProof> {
  return withIdentities(source.identities, () => drillOnce(source, progress));
}

async function drillOnce(source: RestoreSource, progress?: Progress): Promise<DrillProof> {
  for (let attempt = 1; ; attempt++) {
    const steps = new Steps();
    const plan = await steps.run('choose', () => choosePlan(source));
    try {
      return await drillWith(plan, source, steps, progress);
    } catch (error) {
      // Retention may have removed the backup during the drill, or an erasure had it written again.
      if (attempt === MAX_ATTEMPTS || (await isStillThere(source.folder, plan.base))) throw error;
    }
  }
}

async function drillWith(
  plan: RestorePlan,
  { folder, target, withoutLedger }: RestoreSource,
  steps: Steps,
  progress?: Progress,
): Promise<DrillProof> {
  const scratch = await writingTo(folder, () => mkdtemp(join(folder, SCRATCH.drill)));
  try {
    const address = { file: join(scratch, 'edgesoul.db') };
    const input = { folder, plan, target, address, withoutLedger };
    const built = await writingTo(folder, () => buildStore(input, steps, progress));
    return {
      backup: plan.base.file,
      backupCreatedAt: plan.base.createdAt,
      segments: plan.segments.length,
      ...built,
      steps: steps.times,
      ms: steps.ms,
    };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The file with the outcome of the last drill of a store's backups, or of any if no store was meant. */
function resultFile(storeId: string | undefined): string {
  return storeId === undefined ? 'edgesoul_drill.json' : `edgesoul_drill_${storeId}.json`;
}

/** Saves the outcome of a drill, so that it is known after a restart. */
export async function saveDrill(
  folder: string,
  storeId: string | undefined,
  outcome: { proof: DrillProof } | { error: StoreError },
): Promise<DrillResult> {
  const at = new Date().toISOString();
  const result: DrillResult =
    'proof' in outcome
      ? { ok: true, at, proof: outcome.proof, lastSuccessAt: at }
      : {
          ok: false,
          at,
          error: { code: outcome.error.code, message: outcome.error.message },
          lastSuccessAt: (await lastDrill(folder, storeId))?.lastSuccessAt ?? null,
        };
  await writeJson(folder, resultFile(storeId), result);
  return result;
}

/**
 * Returns the outcome of the last drill of the store's backups; undefined if there was none. A drill of a
 * store that was not named, as by an older release, counts while there is no other.
 */
export async function lastDrill(
  folder: string,
  storeId: string | undefined,
): Promise<DrillResult | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, resultFile(storeId)), 'utf8')) as DrillResult;
  } catch {
    return storeId === undefined ? undefined : lastDrill(folder, undefined);
  }
}
