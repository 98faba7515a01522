import { hash } from 'node:crypto';
import { folded } from '../../../../test/support/folded.js';
import { formed, recalled, revised } from '../../../../test/support/happened.js';
import { memoryIndexOf } from '../../../../test/support/memory-index-in-memory.js';
import { NOW, USER } from '../../../../test/support/recorder.js';
import { memoryIndex } from '../../memory-index.projection.js';
import { RANKING } from './memory-score.js';
import { searchMemories } from './memory-search.js';

const DAY_MS = 86_400_000;

/** Texts for which every rule of the ranking matters. */
const CONTENTS = [
  'Mira: What is the boat called?',
  'Tom: Marlin. We sailed her to Bergen.',
  'Mira: I went to the sea food market in Oslo.',
  'Tom: I likes strong tea, and so do the children.',
  'Mira: I like strong tea, and so do the children.',
  'She began her new job at the hospital on Monday.',
  'She gave up the job.',
  'Ich lerne seit dem Sommer Norwegisch und spiele Schach.',
  'Where did we meet? Was it in Rome? I think it was at a concert.',
  `A long day: ${'we walked and talked about boats and trains and food. '.repeat(12)}`,
];

const QUESTIONS = [
  'What is the name of the boat?',
  'Where did Mira buy seafood?',
  'Which tea does Tom like?',
  'When did she start the new job?',
  'What happened in May 2025?',
  'Spielt sie Schach?',
  'Where did they meet, at a concrt or on a train?',
];

/** Three conversations. */
function ageDays(i: number): number {
  if (i < 5) return 90;
  return i < 8 ? 30 : 0;
}

describe('the number of the ranking', () => {
  /**
   * If this fails, memories are found or scored otherwise than before. A release that does so raises RANKING,
   * so that the receipts of contexts do not claim that something was erased; before it is released, once is
   * enough.
   */
  it('stands for these memories and scores', () => {
    const memories = CONTENTS.map((content, i) =>
      formed(
        { memoryId: `m${i}`, content, importance: (i % 4) / 4 },
        { occurredAt: NOW - ageDays(i) * DAY_MS - (CONTENTS.length - i) * 60_000 },
      ),
    );
    const changes = [
      revised('m6', { content: { from: CONTENTS[6]!, to: 'She gave up the new job.' } }),
      recalled(['m1', 'm3']),
    ];
    const index = memoryIndexOf(folded(memoryIndex, [...memories, ...changes]));
    const found = QUESTIONS.map((q) =>
      searchMemories(index, { userId: USER, q, minConfidence: 0, limit: 10 }).hits.map(
        ({ memory, score }) => `${memory.memoryId} ${score.toFixed(9)}`,
      ),
    );
    expect([RANKING, hash('sha256', found.join('\n')).slice(0, 16)]).toEqual([2, '0b461e3c978af523']);
  });
});
