import { IsId } from '../validation/fields.js';

/** Path parameters of a route below one user. */
export class UserPath {
  @IsId()
  userId: string;
}

/** Path parameters of a route for one session. */
export class SessionPath {
  @IsId()
  userId: string;

  @IsId()
  sessionId: string;
}

/** Path parameters of a route for one memory. */
export class MemoryPath {
  @IsId()
  userId: string;

  @IsId()
  memoryId: string;
}

/** The body of routes that take none: any field is refused, not ignored. */
export class NoBody {}

/** The query of routes that take none: any parameter is refused, not ignored. */
export class NoQuery {}
