declare module 'class-transformer/cjs/storage.js' {
  import type { IOptions } from 'class-validator-jsonschema/build/options.js';

  /** Where `@Type` registers the classes of nested fields; the package does not re-export it. */
  export const defaultMetadataStorage: NonNullable<IOptions['classTransformerMetadataStorage']>;
}
