// Calls the routes of the original EdgeSoul as its web page does, and shows what they answer. For tests.

const place = new URLSearchParams(location.search);
const [api, user] = [place.get('api'), place.get('user')];
const section = (name) => document.querySelector(`section[aria-label=${name}]`);
const [profileForm, searchForm] = document.querySelectorAll('form');
const LEVELS = ['empathy_level', 'humor_level', 'formality_level', 'verbosity_level'];

async function call(path, method = 'GET', body) {
  const response = await fetch(`${api}${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail);
  return answer;
}

/** Shows a list of texts as elements of one kind. */
function list(parent, name, texts) {
  parent.replaceChildren(
    ...texts.map((text) => Object.assign(document.createElement(name), { textContent: text })),
  );
}

const percent = (share) => `${Math.round(share)} %`;
const memoryLine = ({ memory_type: type, content, access_count: count }) => `${type}: ${content} (${count})`;

async function showProfile() {
  const profile = await call(`/profile/${user}`);
  for (const name of ['name', 'gender', ...LEVELS]) profileForm.elements[name].value = profile[name] ?? '';
  profileForm.elements.language.value = profile.communication_patterns.language ?? '';
  section('Profile').querySelector('.interests').textContent = `Interests: ${profile.interests.join(', ')}`;
}

async function saveProfile() {
  const { name, gender, language } = Object.fromEntries(new FormData(profileForm));
  const personality = Object.fromEntries(
    LEVELS.map((level) => [level, Number(profileForm.elements[level].value)]),
  );
  await call(`/profile/${user}`, 'PUT', { name, gender, personality, preferences: { language } });
  await show();
}

async function showDashboard() {
  const [stats, memories, context] = await Promise.all([
    call(`/stats/${user}`),
    call(`/memories/${user}?days=365&limit=20`),
    call(`/context/${user}`),
  ]);
  const { profile, memory, emotions, conversation } = stats;
  const figures = {
    Conversations: profile.total_conversations,
    Messages: profile.total_messages,
    Memories: memory.total_memories,
    'Average session': `${stats.average_session_length.toFixed(1)} min`,
    Streak: `${stats.streak_days} days`,
    'Most common emotion': emotions.most_common ?? 'none',
    'Current emotion': conversation.current_emotion ?? 'none',
    Topics: conversation.topics.join(', '),
    Context: context.message ?? `${context.message_count} messages in ${context.session_id}`,
  };
  const rows = Object.entries(figures).map(([name, value]) => {
    const row = document.createElement('div');
    const [term, figure] = ['dt', 'dd'].map((each) => document.createElement(each));
    term.textContent = name;
    figure.textContent = String(value);
    row.append(term, figure);
    return row;
  });
  section('Dashboard')
    .querySelector('dl')
    .replaceChildren(...rows);
  list(section('Dashboard').querySelector('ul'), 'li', memories.map(memoryLine));
}

async function search() {
  const { query } = Object.fromEntries(new FormData(searchForm));
  const found = await call('/memories/search', 'POST', { user_id: user, query, limit: 5 });
  list(section('Dashboard').querySelector('ul'), 'li', found.map(memoryLine));
}

async function showAnalytics() {
  const [summary, { patterns }] = await Promise.all([
    call(`/emotions/${user}/summary?days=7`),
    call(`/emotions/${user}/patterns`),
  ]);
  section('Analytics').querySelector('.summary').textContent = summary
    ? [
        `${summary.dominant_emotion}, ${summary.mood_trend}`,
        ...Object.entries(summary.emotion_distribution).map(([name, share]) => `${name} ${percent(share)}`),
        ...summary.notable_patterns,
      ].join('; ')
    : 'No emotions in the last 7 days';
  const rows = Object.entries(patterns).map(([name, pattern]) => {
    const row = document.createElement('tr');
    const { frequency, avg_intensity: mean, trend, triggers } = pattern;
    list(row, 'td', [name, frequency, percent(100 * mean), trend, triggers.join(', ')]);
    return row;
  });
  section('Analytics')
    .querySelector('tbody')
    .replaceChildren(...rows);
}

async function show() {
  await Promise.all([showProfile(), showDashboard(), showAnalytics()]);
  document.body.dataset.shown = 'yes';
}

/** Does what the user has asked for, and says why it cannot be done. */
function attempt(work) {
  work().catch((error) => {
    document.querySelector('[role=alert]').textContent = `EdgeSoul cannot be reached: ${error.message}`;
  });
}

function onSubmit(form, work) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    attempt(work);
  });
}

onSubmit(profileForm, saveProfile);
onSubmit(searchForm, search);
section('Dashboard')
  .querySelector('button')
  .addEventListener('click', () => attempt(() => call(`/memories/${user}`, 'DELETE').then(show)));
attempt(show);
