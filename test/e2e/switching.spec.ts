import { rm } from 'node:fs/promises';
import { Client } from '../support/client.js';
import { edgesoul } from '../support/edgesoul.js';
import { OriginalDatabase } from '../support/original-database.js';
import { NEW_JOB, tellStory } from '../support/original-story.js';
import { Store } from '../support/store.js';

interface Memory {
  id: string;
  content: string;
  context: string | null;
  created_at: string;
}

let store: Store;
let source: OriginalDatabase;
const original = new Client(() => `${store.url}/api/v1/memory`);

beforeAll(async () => {
  source = await OriginalDatabase.create();
  tellStory(source);
  store = await Store.start();
  const command = ['import-edgesoul', source.file, '--time-zone', 'Europe/Berlin'];
  const { code, stderr } = await edgesoul(command, store.settings);
  if (code !== 0) throw new Error(stderr);
});

afterAll(async () => {
  await store?.remove();
  source?.db.close();
  await rm(source.folder, { recursive: true, force: true });
});

const context = (query: string) => store.get<string>(`/v1/users/lena/context?format=text&${query}`);

describe('a user who moved in from the original', () => {
  it.each([
    ['When did I tell you about my new job?', NEW_JOB.said],
    ['what am I afraid of', 'Lena is afraid of the exam in July.'],
    ['Where do I live, and with whom?', 'Lena lives in Kiel with her sister Ida.'],
  ])('asks "%s" by the route of the original, and is answered', async (query, expected) => {
    // What the original did: the whole question as a part of the text.
    const found = source.db
      .prepare(
        `select count(*) as count from memories where content like '%' || ? || '%' or context like '%' || ? || '%'`,
      )
      .get(query, query);
    expect(found).toEqual({ count: 0 });
    const { body } = await original.post<Memory[]>('/memories/search', { user_id: 'lena', query });
    expect([body[0]?.content, body[0]?.context]).toContain(expected);
  });

  it('is told when they spoke of the new job: the memory has the time of the turn', async () => {
    const query = 'When did I tell you about my new job?';
    const [first] = (await original.post<Memory[]>('/memories/search', { user_id: 'lena', query })).body;
    expect(first).toMatchObject({ context: NEW_JOB.said, created_at: NEW_JOB.at, access_count: 3 });
  });

  it('is put before a model in words that it can use', async () => {
    const { text } = await context('q=When+did+I+tell+you+about+my+new+job');
    expect(text).toBe(`# Who you are talking with
You are talking with Lena. Lena is female.
How to talk with Lena: put feelings first, take them seriously, and do not rush to advice; talk naturally, neither stiff nor sloppy; a light joke is welcome when the mood allows it; answer at a moderate length; ask a question back now and then; keep a friendly tone; emojis are welcome.
Interests of Lena: climbing.
You have talked with Lena since 1 March 2025, the last time on 30 June 2025 (one conversation).
Also known about how Lena communicates: language: en.

# How Lena feels
Be careful with what hurts: exam (fear). Do not bring it up lightly, and listen first when Lena does.
Earlier feelings, the most frequent first: strong joy (14 times, the last time on 29 June 2025), clear fear (6 times, the last time on 30 June 2025).
Feelings and what they go with: joy (clinic, climbing, sister); fear (exam).

# What you remember about Lena
Each note has the date on which it was made; words like "yesterday" count from that date.
- 2 April 2025: Lena lives in Kiel with her sister Ida.
- 12 May 2025: User interest: my new job at the clinic, even the night shifts (context: I love my new job at the clinic, even the night shifts!)
- 20 June 2025: Lena is afraid of the exam in July.

# The conversation so far
The last message was on 30 June 2025.
Lena: Ida and I went climbing today.
You: How lovely! How was it?
Lena: The exam is in three days.
You: How are you feeling about it?
Lena: Scared. I cannot sleep.
You: I am here. What worries you most?`);
  });

  it('goes on where they were: in a new session the companion knows what the last one was about', async () => {
    const { text } = await context('q=hello&sessionId=after-the-switch');
    expect(text).toContain('The last one, on 30 June 2025, was about sleep, exam, climbing.');
    await original.post('/conversation/lena', {
      session_id: 'after-the-switch',
      user_message: 'I passed the exam!',
      assistant_message: 'Lena, that is wonderful!',
      emotion: 'joy',
      intensity: 95,
    });
    expect((await original.get('/stats/lena')).body).toMatchObject({
      profile: { total_conversations: 2, total_messages: 4 },
      emotions: { most_common: 'joy', total_occurrences: 21 },
      conversation: { current_session: 'after-the-switch', current_emotion: 'joy' },
    });
    const later = (await context('q=exam')).text;
    expect(later).toContain('Lately, from the oldest to the newest: strong joy on ');
    expect(later).toContain('Earlier feelings, the most frequent first: strong joy (14 times');
    expect(later).toContain('joy (exam, passed, clinic)');
  });
});
