import { formed } from '../../test/support/happened.js';
import { NOW, Recorder } from '../../test/support/recorder.js';
import { eventAnswer } from './event-answer.js';

describe('an event in an HTTP answer', () => {
  it('has exactly the fields of the contract, with times in UTC', () => {
    const event = new Recorder().record(formed({}, { occurredAt: -1, utcOffset: 330 }));
    expect(eventAnswer(event)).toEqual({
      position: 1,
      eventId: event.eventId,
      streamId: 'memory:user-1/memory-1',
      version: 1,
      type: 'memory.formed',
      schemaVersion: 1,
      userId: 'user-1',
      occurredAt: '1969-12-31T23:59:59.999Z',
      recordedAt: new Date(NOW).toISOString(),
      commandId: event.commandId,
      correlationId: event.correlationId,
      causationId: null,
      actor: 'test',
      data: event.data,
    });
  });
});
