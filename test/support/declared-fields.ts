import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { getMetadataStorage } from 'class-validator';
import type { Shape } from '../../src/validation/validator.js';

/** The rule of one decorator. */
interface Rule {
  name: string;
  constraints: readonly unknown[];
  /** Whether it applies to every item of a list instead of to the field itself. */
  each: boolean;
}

/** A field as its class-validator decorators declare it. */
export interface DeclaredField {
  name: string;
  mayBeLeftOut: boolean;
  mayBeNull: boolean;
  rules: readonly Rule[];
  /** The class of a nested object. */
  nested: Shape<object> | undefined;
}

/** The fields of a class, read from its decorators alone and not from our JSON Schemas. */
export function declaredFields(shape: Shape<object>): DeclaredField[] {
  const all = getMetadataStorage().getTargetValidationMetadatas(shape, '', false, false);
  return [...Map.groupBy(all, ({ propertyName }) => propertyName)].map(([name, declared]) => {
    const conditions = declared.filter(({ type }) => type === 'conditionalValidation');
    const skips = (value: unknown) => conditions.some(({ constraints }) => !isChecked(constraints, value));
    return {
      name,
      mayBeLeftOut: skips(undefined),
      mayBeNull: skips(null),
      rules: declared
        .filter((each) => each.type === 'customValidation')
        .map((each) => ({ name: each.name ?? '', constraints: each.constraints ?? [], each: each.each })),
      nested: declared.some(({ type }) => type === 'nestedValidation') ? nestedClass(shape, name) : undefined,
    };
  });
}

/** The constraints of the rule with that name; undefined when the field has no such rule. */
export function constraintsOf(rules: readonly Rule[], name: string): readonly unknown[] | undefined {
  return rules.find((rule) => rule.name === name)?.constraints;
}

function isChecked([condition]: readonly unknown[], value: unknown): boolean {
  return (condition as (object: object, value: unknown) => boolean)({}, value);
}

function nestedClass(shape: Shape<object>, name: string): Shape<object> {
  const declared = defaultMetadataStorage.findTypeMetadata(shape, name);
  return declared.typeFunction() as Shape<object>;
}
