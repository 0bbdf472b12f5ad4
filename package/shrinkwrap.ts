interface Entry {
  readonly dev?: boolean;
  /** needed by one for development, and by another one only if it is there */
  readonly devOptional?: boolean;
  readonly optional?: boolean;
}

export interface Lock {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, Entry>>;
}

/** The part of a lockfile that a user of the package gets: each package by its version and hash, none for development. */
export function shrinkwrap(
  { lockfileVersion, packages }: Lock,
  { name, version, ...root }: Readonly<Record<string, unknown>>,
): unknown {
  const { license, dependencies, optionalDependencies, bin, engines } = root;
  const needed = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev);
  const entries = needed.map(([path, { devOptional, ...entry }]) => [
    path,
    devOptional ? { ...entry, optional: true } : entry,
  ]);
  return {
    name,
    version,
    lockfileVersion,
    requires: true,
    packages: {
      '': { name, version, license, dependencies, optionalDependencies, bin, engines },
      ...Object.fromEntries(entries),
    },
  };
}
