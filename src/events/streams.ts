/** The stream of a user's profile. */
export function profileStream(userId: string): string {
  return `profile:${userId}`;
}

/** The stream of a user's emotions. */
export function emotionStream(userId: string): string {
  return `emotion:${userId}`;
}

/** The stream of one session. */
export function conversationStream(userId: string, sessionId: string): string {
  return `conversation:${userId}:${sessionId}`;
}

/** The stream of one memory. */
export function memoryStream(memoryId: string): string {
  return `memory:${memoryId}`;
}

/** The stream of the memories that replies to a user used. */
export function recallStream(userId: string): string {
  return `recall:${userId}`;
}
