import { Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { InvalidInput, NotFound, Refused } from '../../errors.js';
import { Reads } from '../../projections/reads/reads.js';
import { RANKING } from '../../projections/reads/search/memory-score.js';
import { RequestReads } from '../request-reads.js';
import { ContextErased } from './context-errors.js';
import { Policies } from './policy/policies.js';
import { GetContext, type Context } from './queries/get-context.query.js';
import { contentMark, readReceiptId, storeMark, type ReceiptContent } from './receipt.js';

/** Renders contexts again, from the log, as they were. */
@Injectable()
export class ReceiptContexts {
  constructor(
    private readonly queries: QueryBus,
    private readonly reads: Reads,
    private readonly requestReads: RequestReads,
    private readonly policies: Policies,
  ) {}

  /** Throws InvalidInput for an id of no context of this store, Refused for one that cannot be made again. */
  async of(receiptId: string): Promise<{ content: ReceiptContent; context: Context }> {
    const content = readReceiptId(receiptId);
    const { userId, position, policyVersion } = content;
    const { storeId, head } = await this.reads.storeHead();
    if (content.store !== storeMark(storeId))
      throw InvalidInput.field('receiptId', 'must be of a context of this store; it is of another one');
    if (position > head) throw beyondEnd(position, head);
    const policy = this.policies.get(policyVersion);
    if (!policy) throw policyGone(policyVersion);
    const query = new GetContext(userId, content, policy);
    const context = await this.requestReads.at(userId, position, () => this.again(query, position));
    if (contentMark(context.sha256) !== content.sha256)
      throw content.ranking === RANKING ? ContextErased.at(position) : rankedOtherwise(content);
    return { content, context: { ...context, receiptId } };
  }

  /** Since there was a context, the user was known then. */
  private async again(query: GetContext, position: number): Promise<Context> {
    try {
      return await this.queries.execute(query);
    } catch (error) {
      if (error instanceof NotFound) throw ContextErased.at(position);
      throw error;
    }
  }
}

function policyGone(version: string): Refused {
  const message =
    `The context was made with the policy ${version}, which this service does not have; ` +
    'name its file in CONTEXT_POLICY, after the present one, and the same WORD_VECTORS, and ask again.';
  return new Refused('receipt.policy-gone', message, { extra: { policyVersion: version } });
}

function beyondEnd(position: number, head: number): Refused {
  const message = `The context is of position ${position}, but the log ends at ${head}: it was restored from an older backup.`;
  return new Refused('receipt.beyond-end', message, { extra: { head } });
}

/** The bytes may differ for another reason, too: which one cannot be known. */
function rankedOtherwise({ position, ranking }: ReceiptContent): Refused {
  const message =
    `The context of position ${position} was made when searches ranked memories otherwise (ranking ${ranking}; it is ` +
    `${RANKING} now), and cannot be made again as it was; the release that made it can, if nothing was erased since.`;
  return new Refused('receipt.ranking-changed', message, {
    extra: { position, ranking, presentRanking: RANKING },
  });
}
