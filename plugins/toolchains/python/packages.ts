import type { OptionsOf } from '../../../core/contracts/index.ts';
import { validator } from '../../../kits/feature-kit/index.ts';

/** What a provider asks of this toolchain. */
export type Packages = OptionsOf<typeof packagesSchema>;

const packagesSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['requirements', 'python'],
  properties: {
    /** absolute path of a requirements.txt that pins versions and hashes of wheels */
    requirements: { type: 'string', minLength: 1 },
    /** the oldest Python that will do: '>=3.10' */
    python: { type: 'string', pattern: String.raw`^>=3\.\d+$` },
    /** Python code that fails when what was installed cannot work here: 'import thing' */
    check: { type: 'string' },
  },
} as const;

const ajv = validator({ allErrors: true });

export const isPackages = ajv.compile<Packages>(packagesSchema);

/** What is wrong with packages that are not right. */
export const mistakesOf = (errors: typeof isPackages.errors): string => ajv.errorsText(errors);
