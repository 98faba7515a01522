import { Conflict, InvalidInput, NotFound, StoreError, Unavailable } from '../../errors.js';
import { problemOf } from './problem.js';

/** An error with a status that is missing in the table of titles. */
class Teapot extends StoreError {
  readonly status = 418;

  static instance(): Teapot {
    return new Teapot('pot.short', 'It is short and stout.');
  }
}

describe('a problem document', () => {
  it('has a code for programs and a detail for people', () => {
    expect(problemOf(NotFound.session('s-1'))).toEqual({
      type: 'urn:edgesoul:problem:session.not-found',
      title: 'Not Found',
      status: 404,
      code: 'session.not-found',
      detail: 'No session s-1 for this user.',
    });
  });

  it('lists every bad field', () => {
    const errors = [
      { path: 'name', message: 'is required' },
      { path: 'emotion.intensity', message: 'must be <= 1' },
    ];
    expect(problemOf(InvalidInput.fields(errors))).toMatchObject({
      status: 400,
      title: 'Bad Request',
      errors,
    });
  });

  it('contains the current version after a version conflict', () => {
    expect(problemOf(Conflict.version('profile:u', 1, 2))).toMatchObject({
      title: 'Precondition Failed',
      currentVersion: 2,
    });
  });

  it('contains neither the cause nor the stack', () => {
    const problem = JSON.stringify(problemOf(Unavailable.stopping()));
    expect(Object.keys(JSON.parse(problem) as object)).toEqual(['type', 'title', 'status', 'code', 'detail']);
  });

  it('has a generic title for a status without one of its own', () => {
    expect(problemOf(Teapot.instance())).toMatchObject({ title: 'Error', status: 418 });
  });
});
