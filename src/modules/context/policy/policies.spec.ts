import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartRefused } from '../../../errors.js';
import { POLICY_1 } from './built-in-policy.js';
import { named, Policies } from './policies.js';

const folder = mkdtempSync(join(tmpdir(), 'edgesoul-policies-'));
const file = join(folder, 'policy.json');

afterAll(() => rmSync(folder, { recursive: true }));

const read = (policy: unknown) => {
  writeFileSync(file, typeof policy === 'string' ? policy : JSON.stringify(policy));
  return Policies.read([file]);
};
const refusal = (policy: unknown): string => {
  try {
    read(policy);
  } catch (error) {
    if (error instanceof StartRefused) return error.message;
    throw error;
  }
  return 'taken';
};

describe('the policies of contexts', () => {
  it('are the built-in ones without a file', () => {
    expect(Policies.read([]).present).toEqual(named(POLICY_1));
  });

  it('have a version that changes with any word, and a built-in one that never changes', () => {
    // A released policy is in receipts: add a new one instead of changing it.
    expect(named(POLICY_1).version).toBe('4b4c147dad7963c6');
    const other = { ...POLICY_1, words: { ...POLICY_1.words, companionSays: 'Companion: ' } };
    expect(named(other).version).not.toBe(named(POLICY_1).version);
  });

  it('take from a file what it has, and the rest from the built-in one', () => {
    const { present } = read({ sections: { profile: { floor: 90 } }, words: { companionSays: 'Me: ' } });
    expect(present.policy.sections.profile).toEqual({ ...POLICY_1.sections.profile, floor: 90 });
    expect(present.policy.words).toEqual({ ...POLICY_1.words, companionSays: 'Me: ' });
    expect(present.policy.limits).toEqual(POLICY_1.limits);
  });

  it('keep those of older receipts: the further files, and the built-in ones', () => {
    const { present: older } = read({ limits: { turns: 3 } });
    const second = join(folder, 'second.json');
    writeFileSync(second, JSON.stringify({ limits: { turns: 4 } }));
    const policies = Policies.read([second, file]);
    expect(policies.present.policy.limits.turns).toBe(4);
    expect(policies.get(older.version)).toEqual(older);
    expect(policies.get(named(POLICY_1).version)?.policy).toEqual(POLICY_1);
    expect(policies.get('0000000000000000')).toBeUndefined();
  });

  it('refuse a file with all that is wrong in it', () => {
    const message = refusal({
      sections: { profile: { floor: 1, title: '' }, dreams: {} },
      limits: { memories: 1_000 },
      mood: 'good',
    });
    for (const path of [
      'sections.profile.floor',
      'sections.profile.title',
      'sections.dreams',
      'limits.memories',
      'mood',
    ])
      expect(message).toContain(path);
  });

  it.each([
    [{ words: { hello: 'Hello' } }, 'words.hello: is unknown'],
    [
      { words: { interests: 'Likes {lists}.' } },
      'words.interests: {lists} is unknown; it may have {name}, {list}',
    ],
    [{ words: { emoji: '{name}' } }, 'words.emoji: {name} is unknown; it has no places'],
    [{ words: { emoji: 1 } }, 'words.emoji: must be a text'],
    [{ sections: { profile: { title: 'On {date}' } } }, 'sections.profile.title: {date} is unknown'],
    [
      {
        levels: {
          humorLevel: [
            { below: 50, words: 'a' },
            { below: 50, words: 'b' },
          ],
        },
      },
      'levels.humorLevel',
    ],
    [
      Object.fromEntries([
        ['sections', Object.fromEntries(Object.keys(POLICY_1.sections).map((name) => [name, { share: 0 }]))],
      ]),
      'at least one share',
    ],
    ['{', 'JSON'],
    ['[]', 'policy'],
    ['null', 'policy'],
    [`"${'x'.repeat(1_100_000)}"`, 'more than 1048576 bytes'],
  ])('refuse %j', (policy, why) => {
    expect(refusal(policy)).toContain(why);
  });

  it('refuse a file that is not there', () => {
    expect(() => Policies.read([join(folder, 'absent.json')])).toThrow(/CONTEXT_POLICY=.*absent.json/);
  });
});
