// A stream id names one stream of the store: it has the user in it, and its parts are divided by a character
// that no id has. Ids contain `:`, so a colon between the parts would give different streams the same id.
const DIVIDER = '/';
const MEMORY = 'memory:';
const CONVERSATION = 'conversation:';

/** Stream id of a user's profile. */
export function profileStream(userId: string): string {
  return `profile:${userId}`;
}

/** Stream id of a user's emotions. */
export function emotionStream(userId: string): string {
  return `emotion:${userId}`;
}

/** Stream id of one session of a user. */
export function conversationStream(userId: string, sessionId: string): string {
  return CONVERSATION + userId + DIVIDER + sessionId;
}

/** Stream id of one memory of a user. */
export function memoryStream(userId: string, memoryId: string): string {
  return MEMORY + userId + DIVIDER + memoryId;
}

/** Stream id of a user's recalls: which memories the replies to the user used. */
export function recallStream(userId: string): string {
  return `recall:${userId}`;
}

/** Stream id of the embeddings of a user's memories: they change no version that a client may expect. */
export function embeddingStream(userId: string): string {
  return `embedding:${userId}`;
}

/** Stream id of a user's contexts: which were put before a model. */
export function contextStream(userId: string): string {
  return `context:${userId}`;
}

/** Stream id of a user's erasures. */
export function erasureStream(userId: string): string {
  return `erasure:${userId}`;
}

/**
 * Returns the stream id in its first spelling: `memory:{memoryId}`, `conversation:{userId}:{sessionId}`. The
 * hash chain covers this one, so that the events of every release have one kind of hash. Any other id, also
 * one that names another user, is returned as it is.
 */
export function firstSpelling(userId: string, streamId: string): string {
  const memory = partAfter(streamId, MEMORY + userId + DIVIDER);
  if (memory !== undefined) return MEMORY + memory;
  const session = partAfter(streamId, CONVERSATION + userId + DIVIDER);
  return session === undefined ? streamId : `${CONVERSATION}${userId}:${session}`;
}

/** Returns the id of a stream that has its first spelling; any other id is returned as it is. */
export function currentSpelling(userId: string, streamId: string): string {
  if (streamId.includes(DIVIDER)) return streamId;
  const memory = partAfter(streamId, MEMORY);
  if (memory !== undefined) return memoryStream(userId, memory);
  const session = partAfter(streamId, `${CONVERSATION}${userId}:`);
  return session === undefined ? streamId : conversationStream(userId, session);
}

function partAfter(id: string, start: string): string | undefined {
  return id.startsWith(start) ? id.slice(start.length) : undefined;
}
