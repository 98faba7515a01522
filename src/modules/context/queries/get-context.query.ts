import { Query, QueryBus, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { UserReads } from '../../../projections/reads/reads.js';
import { RANKING } from '../../../projections/reads/search/memory-score.js';
import { gatherFacts } from '../gather-facts.js';
import type { NamedPolicy } from '../policy/context-policy.js';
import { contentMark, receiptIdOf, storeMark, type ContextParameters } from '../receipt.js';
import { render, type Rendered } from '../render.js';
import { sectionsOf } from '../sections.js';
import { Tokenizer } from '../tokenizer.js';

/** A context, with what its receipt says. */
export interface Context extends Rendered {
  receiptId: string;
  position: number;
}

/**
 * Makes a context by a policy. Throws NotFound for an unknown user, InvalidInput for a budget below the
 * floors.
 */
export class GetContext extends Query<Context> {
  constructor(
    readonly userId: string,
    readonly parameters: ContextParameters,
    readonly named: NamedPolicy,
  ) {
    super();
  }
}

@QueryHandler(GetContext)
export class GetContextHandler implements IQueryHandler<GetContext> {
  constructor(
    private readonly queries: QueryBus,
    private readonly reads: UserReads,
  ) {}

  async execute({ userId, parameters, named }: GetContext): Promise<Context> {
    const { version, policy, wordVectors } = named;
    const asked = {
      userId,
      ...parameters,
      limits: policy.limits,
      usesWordVectors: wordVectors !== undefined,
    };
    const [{ storeId, head }, facts, tokenizer] = await Promise.all([
      this.reads.storeHead(),
      gatherFacts({ queries: this.queries, reads: this.reads }, asked),
      Tokenizer.load(),
    ]);
    const { format, maxTokens } = parameters;
    const rendered = render({ ...sectionsOf(facts, policy), policy, tokenizer, format, maxTokens });
    const receiptId = receiptIdOf({
      ...parameters,
      store: storeMark(storeId),
      userId,
      position: head,
      policyVersion: version,
      sha256: contentMark(rendered.sha256),
      ranking: RANKING,
    });
    return { ...rendered, receiptId, position: head };
  }
}
