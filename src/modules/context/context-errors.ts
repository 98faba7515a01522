import { StoreError } from '../../errors.js';

/** 410: there was a context, and it cannot be made again. */
export class ContextErased extends StoreError<'receipt.erased'> {
  readonly status = 410;

  static at(position: number): ContextErased {
    const message =
      `The context of position ${position} can no longer be made again: something that it was made of has been ` +
      'erased from the log since, or an event is skipped now that was not skipped then.';
    return new ContextErased('receipt.erased', message, { extra: { position } });
  }
}
