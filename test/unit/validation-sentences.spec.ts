import { FormMemoryBody } from '../../src/modules/memory/commands/form-memory.command.js';
import { RecallMemoriesBody } from '../../src/modules/memory/commands/recall-memories.command.js';
import { EXPLAINED_KEYWORDS } from '../../src/validation/field-errors.js';
import { boundsFirst, jsonSchemas } from '../../src/validation/json-schemas.js';
import { bodyValidator, type Shape } from '../../src/validation/validator.js';
import { refusalOf } from '../support/refusal.js';
import { requestShapes, shapesIn } from '../support/request-shapes.js';

const { bodies, queries } = await requestShapes();
await shapesIn('events/**/*.event.ts');

const FACT = { type: 'fact', content: 'The boat is blue.' };

/** Keywords that hold schemas, and those that describe only. */
const HOLDING = ['properties', 'items', 'if', 'then', 'anyOf', '$ref'];
const DESCRIBING = ['description', 'default', 'example', 'title', 'deprecated'];

/** The keywords of a schema, and of those that it holds. */
function* keywordsOf(schema: object): Generator<string> {
  for (const [keyword, value] of Object.entries(schema)) {
    yield keyword;
    const held =
      keyword === 'properties' ? Object.values(value as object) : HOLDING.includes(keyword) ? [value] : [];
    for (const each of held.flat() as unknown[])
      if (typeof each === 'object' && each !== null) yield* keywordsOf(each);
  }
}

describe('the refusal of a field', () => {
  it('has a sentence of ours for every keyword that a class may cause', () => {
    const schemas = Object.values(boundsFirst(jsonSchemas(), 20));
    const keywords = new Set(schemas.flatMap((schema) => [...keywordsOf(schema)]));
    expect(schemas.length).toBeGreaterThan(bodies.length + queries.length);
    const known = new Set([...EXPLAINED_KEYWORDS, ...HOLDING, ...DESCRIBING]);
    expect([...keywords].filter((keyword) => !known.has(keyword))).toEqual([]);
    expect(keywords).toContain('minItems');
  });

  it.each([
    [RecallMemoriesBody, { memoryIds: [] }, 'memoryIds', 'must have at least 1 item'],
    [RecallMemoriesBody, { memoryIds: 'a' }, 'memoryIds', 'must be a list'],
    [FormMemoryBody, { ...FACT, content: [] }, 'content', 'must be a text'],
    [FormMemoryBody, { ...FACT, importance: '1' }, 'importance', 'must be a number'],
    [FormMemoryBody, { ...FACT, importance: -1 }, 'importance', 'must be at least 0'],
    [FormMemoryBody, { ...FACT, content: '' }, 'content', 'must have at least 1 character'],
    [FormMemoryBody, { ...FACT, memoryId: 'search' }, 'memoryId', 'must not be "search"'],
  ])('by %p of %j says that %s %s', (shape, body, path, message) => {
    const validate = bodyValidator(shape as Shape<object>);
    expect(refusalOf(() => validate(body)).errors).toContainEqual({ path, message });
  });
});
