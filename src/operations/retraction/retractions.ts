import { Refused } from '../../errors.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { KeptThread } from '../kept-thread.js';
import type { PlannedRetraction, RetractionTask } from './planned-retraction.js';

/** How often a plan is continued because its user has newer events; each time there is less to fold. */
const MAX_ATTEMPTS = 20;

/** Works out retractions in a thread beside the service, so that no command waits for the fold. */
export class Retractions {
  private readonly thread = new KeptThread();
  private plans = 0;

  constructor(private readonly address: DatabaseAddress) {}

  /** Works out what would change now. */
  plan(userId: string, task: RetractionTask): Promise<PlannedRetraction> {
    return this.next(userId, task, this.plans++);
  }

  /**
   * Works out what changes, and sends it to the writer. When the writer finds that the user has newer events,
   * the plan is continued from where it was, and sent again.
   */
  async apply<T>(
    userId: string,
    task: RetractionTask,
    send: (planned: PlannedRetraction) => Promise<T>,
  ): Promise<T> {
    const plan = this.plans++;
    for (let attempt = 1; ; attempt++) {
      const planned = await this.next(userId, task, plan);
      try {
        return await send(planned);
      } catch (error) {
        const isOvertaken = error instanceof Refused && error.code === 'retraction.overtaken';
        if (!isOvertaken || attempt === MAX_ATTEMPTS) throw error;
      }
    }
  }

  close(): Promise<void> {
    return this.thread.close();
  }

  private next(userId: string, task: RetractionTask, plan: number): Promise<PlannedRetraction> {
    const { address } = this;
    return this.thread.next((thread) => thread.run('planRetraction', { address, userId, task, plan }));
  }
}
