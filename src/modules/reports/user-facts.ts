import { listFacts, readFacts, type FactChoice } from '../../projections/fact-block.js';
import type { Fact } from '../../projections/facts.js';
import type { FactBlockRow } from '../../projections/user-activity.projection.js';

/** All facts of one user up to the position of a report, in order of position. */
export interface UserFacts {
  readonly userId: string;
  /** The user's registration; undefined if its event is not among the facts. */
  readonly registered: Fact | undefined;
  /** Only those of the types that the report reads. No range is applied: see `isIn`. */
  readonly facts: readonly Fact[];
  /** The same, one by one and quicker; but the fact of an emotion may be used until `take` returns only. */
  forEach(take: (fact: Fact) => void): void;
}

/** The facts in a user's blocks, which are read when they are asked for. */
export class FactsInBlocks implements UserFacts {
  readonly blocks: FactBlockRow[] = [];
  private listed: Fact[] | undefined;

  constructor(
    readonly userId: string,
    private readonly choice: FactChoice,
  ) {}

  get registered(): Fact | undefined {
    return this.facts.find(({ type }) => type === 'user.registered');
  }

  get facts(): readonly Fact[] {
    if (!this.listed) {
      this.listed = [];
      for (const block of this.blocks) listFacts(block, this.choice, this.listed);
    }
    return this.listed;
  }

  forEach(take: (fact: Fact) => void): void {
    for (const block of this.blocks) readFacts(block, this.choice, take);
  }
}
