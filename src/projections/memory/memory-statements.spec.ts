import { statementKey } from './memory-statements.js';

const key = (content: string, more: { type?: string; context?: string | null } = {}) =>
  statementKey({ type: 'fact', content, context: null, ...more });

describe('two memories say the same', () => {
  it.each([
    ['Mira likes oat milk', 'mira likes  OAT milk.'],
    ['The user has a cat.', 'User has cat!'],
    ["She doesn't drink coffee.", 'She does not drink coffee'],
    ["I'm a nurse", 'I am a nurse.'],
    ["I can't swim", 'I cannot swim'],
    ["They’re moving and we've packed", 'they are moving and we have packed'],
    ['She really likes "Dune"', 'She likes Dune'],
    ['ｆｕｌｌ ｗｉｄｔｈ', 'full width'],
    ['東京に住んでいる。', '東京に住んでいる'],
  ])('if only their spelling differs: %s / %s', (a, b) => {
    expect(key(a)).toBe(key(b));
  });

  it.each([
    ['I have 2 cats', 'I have 3 cats'],
    ['She likes coffee', 'She does not like coffee'],
    ["She doesn't like coffee", 'She does like coffee'],
    ['Ann loves Bob', 'Bob loves Ann'],
    ['Mira lives in Berlin', 'Mira lived in Berlin'],
    ['He codes in C', 'He codes in C++'],
    ['It was -5 degrees', 'It was 5 degrees'],
    ['It cost 1.5', 'It cost 15'],
    ['He plans to marry', 'He plans to marry?'],
    ['Er findet es schon', 'Er findet es schön'],
    ['She takes 5 mg', 'She takes 5 g'],
    ['The', 'A'],
    ['!', '?'],
    ['🙂', '🙁'],
  ])('not if a word does: %s / %s', (a, b) => {
    expect(key(a)).not.toBe(key(b));
  });

  it('not if their types or contexts differ', () => {
    const said = key('Mira likes tea');
    expect(key('Mira likes tea', { type: 'preference' })).not.toBe(said);
    expect(key('Mira likes tea', { context: 'at work' })).not.toBe(said);
    expect(key('Mira', { context: 'likes tea' })).not.toBe(said);
  });

  it('at a cost that follows the length, whatever the text', () => {
    const texts = [
      '.'.repeat(8_000),
      `${'.,'.repeat(4_000)}a`,
      "a'".repeat(4_000),
      ' \t'.repeat(4_000),
      `${'('.repeat(7_999)}x`,
    ];
    const start = process.cpuUsage();
    for (const text of texts) expect(key(text)).toHaveLength(22);
    const { user } = process.cpuUsage(start);
    expect(user).toBeLessThan(500_000);
  });
});
