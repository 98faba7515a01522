/** Stream id of a user's profile. */
export function profileStream(userId: string): string {
  return `profile:${userId}`;
}

/** Stream id of a user's emotions. */
export function emotionStream(userId: string): string {
  return `emotion:${userId}`;
}

/** Stream id of one session. */
export function conversationStream(userId: string, sessionId: string): string {
  return `conversation:${userId}:${sessionId}`;
}

/** Stream id of one memory. */
export function memoryStream(memoryId: string): string {
  return `memory:${memoryId}`;
}

/** Stream id of a user's recalls: which memories the replies to the user used. */
export function recallStream(userId: string): string {
  return `recall:${userId}`;
}
