/** Answers about entries of the config, and of a test before one is added, as JSON Schemas. */
import {
  flag,
  list,
  number,
  object,
  oneOf,
  orNull,
  text,
  type AnswerOf,
} from '../../../../kits/feature-kit/answers.ts';

/** Its members are those of the config. */
const open = { type: 'object' } as const;

const kind = oneOf('program', 'remote');

/** A value that `use` of a provider may have. */
const providerKind = object({
  name: text,
  aliases: list(text),
  kind,
  /** the environment variables that may hold its key */
  keyFrom: list(text),
  /** a JSON Schema of its options */
  options: open,
});

export const providerKinds = object({ data: list(providerKind) });

/** A provider as it is in force, without its secrets. */
export const providerEntry = object(
  {
    name: text,
    use: text,
    kind,
    /** in the file; added, or with other members than in the file; or found on this machine */
    from: oneOf('file', 'added', 'changed', 'found'),
    entry: open,
    /** the public names of its models, as far as they are known */
    models: list(text),
  },
  { success: flag, timestamp: number },
);

export const modelEntry = object(
  { name: text, from: oneOf('file', 'added', 'changed'), entry: open },
  { success: flag, timestamp: number },
);

export const modelEntries = object({ data: list(modelEntry) });

/** What a provider answered before it was added. */
export const trial = object({
  provider: text,
  ok: flag,
  checks: list(
    object(
      {
        check: oneOf('entry', 'address', 'key', 'models', 'chat'),
        /** null: the check was not made, for the reason in `detail` */
        ok: orNull(flag),
        detail: text,
      },
      { remedy: text },
    ),
  ),
  /** the models that it lists */
  models: list(text),
});

export type ProviderKind = AnswerOf<typeof providerKind>;
export type ProviderEntry = AnswerOf<typeof providerEntry>;
export type ModelEntry = AnswerOf<typeof modelEntry>;
export type Trial = AnswerOf<typeof trial>;
