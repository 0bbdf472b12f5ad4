/** The version in a model's name: 'gemini-2.5-flash-lite' is 2.5, 'models/gemini-3-pro-preview' is 3. */
const VERSION = /gemini-(\d+)(?:\.(\d+))?/;

/** Infinity: a name without a number, such as 'gemini-flash-latest', is the newest; undefined: it is no Gemini model. */
function versionOf(model: string): number | undefined {
  const [, major, minor = '0'] = VERSION.exec(model) ?? [];
  if (major !== undefined) return Number(major) + Number(minor) / 10;
  return model.includes('gemini') ? Infinity : undefined;
}

/** How reasoning is controlled: by tokens in 2.5, by a level since 3. */
export function thinks(model: string): 'never' | 'by-budget' | 'by-level' {
  const version = versionOf(model);
  if (version === undefined || version < 2.5) return 'never';
  return version < 3 ? 'by-budget' : 'by-level';
}

/** Since Gemini 3 a call of a tool without its signature is refused. */
export const needsSignatures = (model: string): boolean => (versionOf(model) ?? 0) >= 3;
