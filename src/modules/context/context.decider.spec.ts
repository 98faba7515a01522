import { receiptOf } from '../../../test/support/builders.js';
import { given } from '../../../test/support/given.js';
import { contextUsed, forgotten, formed, registered, withUtcOffset } from '../../../test/support/happened.js';
import { USER } from '../../../test/support/recorder.js';
import type { WriteState } from '../../writer/write-command.js';
import { useContext } from './context.decider.js';

const receiptId = receiptOf(USER);
const memories = [{ memoryId: 'memory-1', score: 0.5 }];

const use =
  (turnId = 'turn-1', id = receiptId) =>
  (state: WriteState) =>
    useContext(state, USER, { receiptId: id, turnId, memories });
const used = (turnId = 'turn-1') => contextUsed({ turnId });

const ofReceipt = (message: string) => [{ path: 'receiptId', message }];

describe('tying a context to a turn', () => {
  it('records the receipt, the turn and the memories', () => {
    given(...withUtcOffset(120), formed())
      .when(use())
      .thenEvents({ ...used(), utcOffset: 120 })
      .thenAnswers(200, { receiptId, turnId: 'turn-1', position: 4 });
  });

  it('writes nothing the second time, and answers as the first time', () => {
    given(registered(), used(), formed())
      .when(use())
      .thenEvents()
      .thenAnswers(200, { receiptId, turnId: 'turn-1', position: 2 });
  });

  it('may happen for another turn: a reply that is made again has the same context', () => {
    given(registered(), used()).when(use('turn-2')).thenEvents(used('turn-2'));
  });

  it('may happen after a memory in it was forgotten', () => {
    given(registered(), formed(), forgotten('memory-1')).when(use()).thenEvents(used());
  });

  it('is refused with the receipt of another user, and with one that was changed', () => {
    given(registered())
      .when(use('turn-1', receiptOf('someone-else')))
      .thenFails('request.invalid', ofReceipt('must be of a context of this user'));
    given(registered())
      .when(use('turn-1', `${receiptId}A`))
      .thenFails('request.invalid', ofReceipt('must be the receiptId of a context, unchanged'));
  });

  it('is refused for an unknown user', () => {
    given().when(use()).thenFails('user.not-found');
  });
});
