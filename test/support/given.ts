import { RowBatch } from '../../src/database/row-batch.js';
import { StoreError, type FieldError } from '../../src/errors.js';
import { ProjectionFolds } from '../../src/projections/folding/projection-folds.js';
import { PROJECTIONS } from '../../src/projections/projection-catalog.js';
import type { Decision, NewEvent, WriteState } from '../../src/writer/write-command.js';
import { MemoryRowStore } from './memory-row-store.js';
import { NOW, Recorder, USER, type Happened } from './recorder.js';

/** What came of a decision: what it decided and answered, or how it was refused. */
type Outcome = { decision: Decision; answer: object } | { refusal: StoreError };

/** What must have come of a decision. */
interface Expectations {
  /** Exactly these events, in this order. */
  thenEvents(...expected: NewEvent[]): Expectations;
  thenAnswers(status: number, answer: object): Expectations;
  /** The refusal's code and, where it names fields, which. */
  thenFails(code: string, errors?: readonly FieldError[]): void;
}

/** Specifies a decision of the test's user at the test's time: `given(events).when(decide).thenEvents(...)`. */
export function given(...happened: Happened[]) {
  return {
    when: (decide: (state: WriteState) => Decision) => expectationsOf(outcome(happened, decide)),
  };
}

/** Decides after what happened, then records and folds what was decided, as the writer does. */
function outcome(happened: readonly Happened[], decide: (state: WriteState) => Decision): Outcome {
  const recorder = new Recorder();
  const folds = new ProjectionFolds(PROJECTIONS);
  const rows = new RowBatch(new MemoryRowStore());
  const happen = (each: Happened) => {
    const event = recorder.record(each);
    folds.fold(event, rows);
    return event;
  };
  for (const each of happened) happen(each);
  try {
    const version = (streamId: string) => recorder.version(USER, streamId);
    const decision = decide({ rows, version, now: NOW });
    const events = decision.events.map(happen);
    const position = events.at(-1)?.position ?? 0;
    return { decision, answer: decision.answer({ events, position, rows }) };
  } catch (error) {
    if (error instanceof StoreError) return { refusal: error };
    throw error;
  }
}

function expectationsOf(came: Outcome): Expectations {
  const expectations: Expectations = {
    thenEvents(...expected) {
      expectEvents(carriedOut(came).decision.events, expected);
      return expectations;
    },
    thenAnswers(status, answer) {
      expectAnswer(carriedOut(came), status, answer);
      return expectations;
    },
    thenFails: (code, errors) => expectRefusal(came, code, errors),
  };
  return expectations;
}

function carriedOut(came: Outcome): Exclude<Outcome, { refusal: StoreError }> {
  if ('refusal' in came) throw came.refusal;
  return came;
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

function expectRefusal(came: Outcome, code: string, errors: readonly FieldError[] | undefined): void {
  const refusal = 'refusal' in came ? came.refusal : undefined;
  expect(refusal?.code).toBe(code);
  if (errors) expect(refusal?.errors).toEqual(errors);
}

/** What is left out of an event is what the writer puts there. */
function complete(event: NewEvent): NewEvent {
  return { ...event, occurredAt: event.occurredAt ?? NOW, utcOffset: event.utcOffset ?? 0 };
}
