import { IsId } from '../validation/fields.js';

/** Routes of one user. */
export class UserPath {
  @IsId()
  userId: string;
}

/** Routes of one session. */
export class SessionPath {
  @IsId()
  userId: string;

  @IsId()
  sessionId: string;
}

/** Routes of one memory. */
export class MemoryPath {
  @IsId()
  userId: string;

  @IsId()
  memoryId: string;
}

/** For routes that take no body: a field that is sent is refused, not ignored. */
export class NoBody {}

/** For routes that take no query parameters: one that is sent is refused, not ignored. */
export class NoQuery {}
