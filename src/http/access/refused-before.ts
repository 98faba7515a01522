import type { IncomingMessage } from 'node:http';
import type { StoreError } from '../../errors.js';

const refusals = new WeakMap<IncomingMessage, StoreError>();

/** Notes why a request is refused before any server has it; one that has no route for it then says so. */
export function refuseBefore(request: IncomingMessage, why: StoreError): void {
  refusals.set(request, why);
}

/** Why the request was refused before the server got it; undefined if it was not. */
export function refusedBefore(request: IncomingMessage): StoreError | undefined {
  return refusals.get(request);
}
