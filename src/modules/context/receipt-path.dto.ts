import { MAX_RECEIPT_ID } from '../../events/context/context-used.event.js';
import { IsText } from '../../validation/fields.js';

/** Path parameters of a route for one receipt. */
export class ReceiptPath {
  @IsText(1, MAX_RECEIPT_ID)
  receiptId: string;
}
