import { folded } from '../../test/support/folded.js';
import { embedded, forgotten, formed, revised } from '../../test/support/happened.js';
import { USER, type Happened } from '../../test/support/recorder.js';
import { vectorText } from '../validation/vector-text.js';
import {
  embeddingModelsTable,
  memoryEmbeddings,
  memoryEmbeddingsTable,
} from './memory-embeddings.projection.js';

const ONE = vectorText([1, 0, 0, 0, 0, 0, 0, 0]) as string;
const TWO = vectorText([0, 1, 0, 0, 0, 0, 0, 0, 5]) as string;
const embed = (memoryId: string, model = 'a', vector = ONE) => embedded({ memoryId, model, vector });

const after = (...happened: Happened[]) => {
  const rows = folded(memoryEmbeddings, [
    formed({ memoryId: 'm1' }),
    formed({ memoryId: 'm2' }),
    ...happened,
  ]);
  return {
    models: rows
      .all(embeddingModelsTable)
      .map(({ model, dimensions, memories }) => [model, dimensions, memories]),
    vectors: rows.all(memoryEmbeddingsTable),
  };
};

describe('the embeddings of memories', () => {
  it('are one for each memory, counted by model', () => {
    expect(after(embed('m1'), embed('m2'))).toEqual({
      models: [['a', 8, 2]],
      vectors: [
        { userId: USER, memoryId: 'm1', model: 'a', dimensions: 8, vector: ONE, position: 3 },
        { userId: USER, memoryId: 'm2', model: 'a', dimensions: 8, vector: ONE, position: 4 },
      ],
    });
  });

  it('are replaced, also by those of another model and length', () => {
    const { models, vectors } = after(embed('m1'), embed('m2'), embed('m1', 'b', TWO), embed('m1', 'b', TWO));
    expect(models).toEqual([
      ['a', 8, 1],
      ['b', 9, 1],
    ]);
    expect(vectors[0]).toMatchObject({ memoryId: 'm1', model: 'b', dimensions: 9, position: 6 });
    expect(after(embed('m1'), embed('m1', 'b', TWO)).models).toEqual([['b', 9, 1]]);
  });

  it('go with the text that they are of, and with the memory', () => {
    const change = { from: 'x', to: 'y' };
    expect(after(embed('m1'), revised('m1', { content: change }))).toEqual({ models: [], vectors: [] });
    expect(after(embed('m1'), revised('m1', { context: change })).vectors).toEqual([]);
    expect(after(embed('m1'), forgotten('m1'), forgotten('m2'))).toEqual({ models: [], vectors: [] });
    expect(after(embed('m1'), embed('m2'), forgotten('m1')).models).toEqual([['a', 8, 1]]);
  });

  it('stay when anything else of the memory changes', () => {
    expect(after(embed('m1'), revised('m1', { importance: { from: 0.5, to: 1 } })).models).toEqual([
      ['a', 8, 1],
    ]);
  });
});
