import { EventEmitter } from 'node:events';
import { jest } from '@jest/globals';
import { pino } from 'pino';
import { stopOnSignals } from './stop-on-signals.js';

const SHUTDOWN_MS = 8_000;

class FakeProcess extends EventEmitter {
  readonly codes: number[] = [];

  exit(code: number): never {
    this.codes.push(code);
    return undefined as never;
  }
}

/** A service whose close ends when the test says so. */
function running() {
  const closing = Promise.withResolvers<void>();
  const close = jest.fn(() => closing.promise);
  const self = new FakeProcess();
  stopOnSignals({ close }, SHUTDOWN_MS, pino({ level: 'silent' }), self);
  return { self, close, closing };
}

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

describe('a stop', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'])(
    'begins with %s, and ends with 0 when all is closed',
    async (signal) => {
      const { self, close, closing } = running();
      self.emit(signal);
      await jest.advanceTimersByTimeAsync(SHUTDOWN_MS - 1);
      expect([close.mock.calls.length, self.codes]).toEqual([1, []]);
      closing.resolve();
      await jest.advanceTimersByTimeAsync(0);
      expect(self.codes).toEqual([0]);
    },
  );

  it('ends with 1 when closing fails', async () => {
    const { self, closing } = running();
    self.emit('SIGTERM');
    closing.reject(new Error('the disk is gone'));
    await jest.advanceTimersByTimeAsync(0);
    expect(self.codes).toEqual([1]);
  });

  it('ends with 1 when it takes too long, whatever still runs', async () => {
    const { self } = running();
    self.emit('SIGTERM');
    await jest.advanceTimersByTimeAsync(SHUTDOWN_MS);
    expect(self.codes).toEqual([1]);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ])('ends at once with another signal: %s, exit code %i', async (signal, code) => {
    const { self, close } = running();
    self.emit('SIGTERM');
    await jest.advanceTimersByTimeAsync(1_000);
    self.emit(signal);
    expect([close.mock.calls.length, self.codes]).toEqual([1, [code]]);
  });

  it('takes a Ctrl-C that npm passes on a second time for one', async () => {
    const { self, close } = running();
    self.emit('SIGINT');
    await jest.advanceTimersByTimeAsync(20);
    self.emit('SIGINT');
    expect([close.mock.calls.length, self.codes]).toEqual([1, []]);
  });
});
