import { IsInt } from 'class-validator';
import { defineEvent, type Upcaster } from './event.js';

class TestHappened {
  @IsInt()
  times: number;
}

const step: Upcaster = (data) => data;

describe('an event type', () => {
  it('is declared with its name, its schema version and its upcasters', () => {
    const declared = defineEvent({
      type: 'test.happened',
      version: 2,
      payload: TestHappened,
      upcasters: [step],
    });
    expect(declared).toMatchObject({ type: 'test.happened', version: 2, upcasters: [step] });
    expect(declared.validate({ times: 1 })).toEqual({ times: 1 });
  });

  it('of version 2 does not compile without the upcaster from version 1', () => {
    const declared = defineEvent({
      type: 'test.happened',
      version: 2,
      payload: TestHappened,
      // @ts-expect-error -- one upcaster is missing
      upcasters: [],
    });
    expect(declared.upcasters).toHaveLength(0);
  });

  it('of version 3 does not compile with only one of two upcasters', () => {
    const declared = defineEvent({
      type: 'test.happened',
      version: 3,
      payload: TestHappened,
      // @ts-expect-error -- one upcaster is missing
      upcasters: [step],
    });
    expect(declared.upcasters).toHaveLength(1);
  });

  it('of version 1 does not compile with an upcaster', () => {
    const declared = defineEvent({
      type: 'test.happened',
      version: 1,
      payload: TestHappened,
      // @ts-expect-error -- there is no version 0
      upcasters: [step],
    });
    expect(declared.upcasters).toHaveLength(1);
  });
});
