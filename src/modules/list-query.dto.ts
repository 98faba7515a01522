import { IsInt, Max, Min } from 'class-validator';
import { IsText, Optional } from '../validation/fields.js';
import { UserReadQuery } from './user-read.dto.js';

/** Most items of a page. */
const MAX_ITEMS = 200;
/** Longest cursor, in characters. */
const MAX_CURSOR = 500;

/** What every page of a list about one user takes. */
export class UserListQuery extends UserReadQuery {
  /** Maximum number of items; 20 when left out. */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(MAX_ITEMS)
  limit?: number;

  /** `nextCursor` of the previous page. */
  @Optional()
  @IsText(1, MAX_CURSOR)
  cursor?: string;
}

/** What every page of a list about several users, or of no past, takes. */
export class ListQuery {
  /** Maximum number of items; 20 when left out. */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(MAX_ITEMS)
  limit?: number;

  /** `nextCursor` of the previous page. */
  @Optional()
  @IsText(1, MAX_CURSOR)
  cursor?: string;
}
