export type Version = readonly [major: number, minor: number, patch: number];

/** What a range of versions looks like in a JSON Schema: '>=1.23', '>=3.10 <3.13'. */
export const RANGE = String.raw`^>=\d+(\.\d+){0,2}( <\d+(\.\d+){0,2})?$`;

export const versionText = (version: Version): string => version.join('.');

/** The first version in a text. @returns undefined: there is none */
export function parseVersion(text: string): Version | undefined {
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)] : undefined;
}

/** Whether a version lies in a range. */
export function fits(version: Version, range: string): boolean {
  return bounds(range).every(([sign, bound]) => {
    const order = compare(version, bound);
    return sign === '>=' ? order >= 0 : order < 0;
  });
}

/** For people: '1.23 or newer', '3.10 or newer but older than 3.13'. */
export function inWords(range: string): string {
  return bounds(range)
    .map(([sign, bound]) => {
      const text = bound.slice(0, bound[2] === 0 ? 2 : 3).join('.');
      return sign === '>=' ? `${text} or newer` : `but older than ${text}`;
    })
    .join(' ');
}

function bounds(range: string): [sign: string, bound: Version][] {
  return range.split(' ').map((part) => {
    const [, sign = '', text = ''] = /^(>=|<)([\d.]+)$/.exec(part) ?? [];
    const [major = 0, minor = 0, patch = 0] = text.split('.').map(Number);
    return [sign, [major, minor, patch]];
  });
}

function compare(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
