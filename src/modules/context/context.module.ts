import { Module, type DynamicModule } from '@nestjs/common';
import { ContextController } from './context.controller.js';
import { Policies } from './policy/policies.js';
import { GetContextHandler } from './queries/get-context.query.js';
import { ListUsesHandler } from './queries/list-uses.query.js';
import { ReceiptContexts } from './receipt-contexts.js';
import { ReceiptsController } from './receipts.controller.js';

/** The context of a prompt over HTTP. */
@Module({})
export class ContextModule {
  /** The first policy makes contexts; all render the receipts that were made with them. */
  static of(policies: Policies): DynamicModule {
    return {
      module: ContextModule,
      controllers: [ContextController, ReceiptsController],
      providers: [
        { provide: Policies, useValue: policies },
        GetContextHandler,
        ListUsesHandler,
        ReceiptContexts,
      ],
    };
  }
}
