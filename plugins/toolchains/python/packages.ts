import { packagesReader, RANGE, type OptionsOf } from '../../../kits/toolchain-kit/index.ts';

const wheels = {
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

const venv = {
  type: 'object',
  additionalProperties: false,
  required: ['python'],
  properties: {
    /** '>=3.12', '>=3.10 <3.13' */
    python: { type: 'string', pattern: RANGE },
    /** a requirements.txt, seen from the checkout */
    requirements: { type: 'string', minLength: 1 },
    /** further packages, as arguments of pip: 'flask==3.1.3' */
    named: { type: 'array', items: { type: 'string', pattern: '^[^-]' } },
  },
} as const;

/** Packages of a program that consists of pinned wheels. */
export type Wheels = OptionsOf<typeof wheels>;
/** Packages of a program with code of its own. */
export type VenvPackages = OptionsOf<typeof venv>;

export const readWheels = packagesReader<Wheels>(wheels);
export const readVenv = packagesReader<VenvPackages>(venv);
export const readEither = packagesReader<Wheels | VenvPackages>({ anyOf: [wheels, venv] });
