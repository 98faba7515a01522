import { InvalidInput } from '../../../errors.js';
import type { EmotionFact } from '../../../projections/facts.js';
import { resolveValence, VALENCE_MAPPINGS, valenceOf } from './valence.js';

const observed = (emotion: string, micros: number): EmotionFact => ({
  type: 'emotion.observed',
  position: 1,
  recordedAt: 0,
  occurredAt: 0,
  utcOffset: 0,
  emotion,
  micros,
  sessionId: null,
  triggers: [],
});

describe('the valence of an observation', () => {
  it.each([
    ['joy', 1_000_000, 76_000_000],
    ['sadness', 500_000, -31_500_000],
    ['neutral', 1_000_000, 0],
    ['anger', 0, 0],
    ['saudade', 1_000_000, undefined],
  ])('of %s is that of Russell and Mehrabian times the intensity', (emotion, micros, expected) => {
    expect(valenceOf(resolveValence({}))(observed(emotion, micros))).toBe(expected);
  });

  it('is a sign in the other mapping', () => {
    const of = valenceOf(resolveValence({ mapping: 'sign' }));
    expect([of(observed('love', 300_000)), of(observed('fear', 300_000))]).toEqual([3e7, -3e7]);
  });

  it('is what the query says, by the normal form of the label', () => {
    const query = resolveValence({ valence: 'Surprise:0, CALM :0.6,a:b:-1' });
    expect(query).toEqual({
      mapping: 'russell-mehrabian-1977',
      valence: { 'a:b': -1, calm: 0.6, surprise: 0 },
    });
    expect(valenceOf(query)(observed('calm', 1_000_000))).toBe(6e7);
    expect(valenceOf(query)(observed('surprise', 1_000_000))).toBe(0);
    expect(valenceOf(query)(observed('joy', 1_000_000))).toBe(76e6);
  });

  it('is in -1..1 in each mapping, which all have the six basic emotions but happiness', () => {
    for (const mapping of Object.values(VALENCE_MAPPINGS)) {
      expect(Object.keys(mapping)).toEqual(
        expect.arrayContaining(['joy', 'surprise', 'neutral', 'sadness', 'anger', 'fear', 'disgust', 'love']),
      );
      for (const value of Object.values(mapping)) expect(Math.abs(value)).toBeLessThanOrEqual(1);
    }
  });

  it.each([
    [{ valence: '' }, /label:number/],
    [{ valence: 'joy' }, /label:number/],
    [{ valence: ':0.5' }, /label:number/],
    [{ valence: 'joy:1.01' }, /from -1 to 1/],
    [{ valence: 'joy:0.123' }, /two decimals/],
    [{ valence: 'joy:1e-1' }, /label:number/],
    [{ valence: 'joy:0.5,' }, /label:number/],
    [{ valence: 'joy:0.5,JOY:0.4' }, /joy twice/],
    [{ valence: Array.from({ length: 101 }, (_, i) => `e${i}:0`).join(',') }, /at most 100/],
  ])('refuses %j', (own, message) => {
    expect(() => resolveValence(own)).toThrow(InvalidInput);
    expect(() => resolveValence(own)).toThrow(message);
  });
});
