import { overtaken } from '../../projections/folding/refolded-rows.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { readStore } from '../../store/open-store-reader.js';
import type { PlannedRetraction, RetractionTask } from './planned-retraction.js';
import { RetractionPlan } from './retraction-plan.js';

/** The input of `planRetraction`. */
export interface PlanInput {
  address: DatabaseAddress;
  userId: string;
  task: RetractionTask;
  /** Number of the plan: the same one is continued. */
  plan: number;
}

/** Plans are begun anew this often because of other retractions of the same user. */
const MAX_BEGINNINGS = 10;

/** The plan that may be continued. */
let last: { number: number; plan: RetractionPlan } | undefined;

/** Works out a retraction; the last one can be continued. */
export function planRetraction({
  address,
  userId,
  task,
  plan: number,
}: PlanInput): Promise<PlannedRetraction> {
  return readStore(address, async (reader) => {
    for (let beginnings = 0; beginnings < MAX_BEGINNINGS; beginnings++) {
      const plan = last?.number === number ? last.plan : await RetractionPlan.begin(reader, userId, task);
      last = undefined;
      const planned = await plan.advance(reader);
      if (!planned) continue;
      last = { number, plan };
      return planned;
    }
    throw overtaken('other retractions of the user');
  });
}
