/**
 * A command that makes what an empty figure would show.
 * @param {string} path
 * @param {string} body
 */
const post = (path, body) =>
  `curl -X POST ${location.origin}/v1/users/${path} \\\n  -H 'content-type: application/json' \\\n  -d '${body}'`;

export const FIRST_TURN = post(
  'mira/turns',
  `{"sessionId": "monday", "userMessage": "I passed the exam!",
       "assistantMessage": "Wonderful!", "emotion": {"label": "joy", "intensity": 0.9}}`,
);
/** @param {string} [userId] */
export const observe = (userId = 'mira') =>
  post(
    `${encodeURIComponent(userId)}/emotions`,
    '{"emotion": "joy", "intensity": 0.8, "triggers": ["exam"]}',
  );

/** @param {string} userId */
export const formMemory = (userId) =>
  post(`${encodeURIComponent(userId)}/memories`, '{"type": "fact", "content": "Passed the final exam."}');
