import { RowBatch } from '../../src/database/row-batch.js';
import { StoreError, type FieldError } from '../../src/errors.js';
import { ProjectionFolds } from '../../src/projections/folding/projection-folds.js';
import { PROJECTIONS } from '../../src/projections/projection-catalog.js';
import type { Decision, NewEvent, WriteState } from '../../src/writer/write-command.js';
import { MemoryRowStore } from './memory-row-store.js';
import { NOW, Recorder, USER, type Happened } from './recorder.js';

/** The outcome of a decision: the decision and its answer, or its refusal. */
type Outcome = { decision: Decision; answer: object } | { refusal: StoreError };

/** What a test expects of a decision. */
interface Expectations {
  /** Exactly these events, in this order. */
  thenEvents(...expected: NewEvent[]): Expectations;
  thenAnswers(status: number, answer: object): Expectations;
  /** The code of the refusal and, if it names fields, their errors. */
  thenFails(code: string, errors?: readonly FieldError[]): void;
}

/** Specifies a decision of USER at NOW: `given(events).when(decide).thenEvents(...)`. */
export function given(...happened: Happened[]) {
  return {
    when: (decide: (state: WriteState) => Decision) => expectationsOf(outcome(happened, decide)),
  };
}

/** Decides after the given events, then records and folds the decided ones, as the writer does. */
function outcome(happened: readonly Happened[], decide: (state: WriteState) => Decision): Outcome {
  const recorder = new Recorder();
  const folds = new ProjectionFolds(PROJECTIONS);
  const rows = new RowBatch(new MemoryRowStore());
  const recordAndFold = (each: Happened) => {
    const event = recorder.record(each);
    folds.fold(event, rows);
    return event;
  };
  for (const each of happened) recordAndFold(each);
  try {
    const version = (streamId: string) => recorder.version(USER, streamId);
    const decision = decide({ rows, version, now: NOW, recordedAt: NOW });
    const events = decision.events.map(recordAndFold);
    const position = events.at(-1)?.position ?? 0;
    return { decision, answer: decision.answer({ events, position, rows }) };
  } catch (error) {
    if (error instanceof StoreError) return { refusal: error };
    throw error;
  }
}

function expectationsOf(result: Outcome): Expectations {
  const expectations: Expectations = {
    thenEvents(...expected) {
      expectEvents(completed(result).decision.events, expected);
      return expectations;
    },
    thenAnswers(status, answer) {
      expectAnswer(completed(result), status, answer);
      return expectations;
    },
    thenFails: (code, errors) => expectRefusal(result, code, errors),
  };
  return expectations;
}

function completed(result: Outcome): Exclude<Outcome, { refusal: StoreError }> {
  if ('refusal' in result) throw result.refusal;
  return result;
}

function expectEvents(events: readonly NewEvent[], expected: readonly NewEvent[]): void {
  expect(events.map(complete)).toEqual(expected.map(complete));
}

function expectAnswer(
  { decision, answer }: { decision: Decision; answer: object },
  status: number,
  expected: object,
) {
  expect({ status: decision.status, answer }).toEqual({ status, answer: expected });
}

function expectRefusal(result: Outcome, code: string, errors: readonly FieldError[] | undefined): void {
  const refusal = 'refusal' in result ? result.refusal : undefined;
  expect(refusal?.code).toBe(code);
  if (errors) expect(refusal?.errors).toEqual(errors);
}

/** Fills in the fields that the writer would fill in. */
function complete(event: NewEvent): NewEvent {
  return { ...event, occurredAt: event.occurredAt ?? NOW, utcOffset: event.utcOffset ?? 0 };
}
