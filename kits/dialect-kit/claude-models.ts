/** The version in a model's name: 'claude-3-7-sonnet-20250219' is 3.7, 'claude-opus-4-20250514' is 4. */
const VERSION = /claude-(?:[a-z]+-)*(\d+)(?:[-.](\d{1,2}))?(?!\d)/;

/** undefined: the name has none. */
export function versionOf(model: string): number | undefined {
  const [, major, minor = '0'] = VERSION.exec(model) ?? [];
  return major === undefined ? undefined : Number(major) + Number(minor) / (minor.length > 1 ? 100 : 10);
}

/**
 * The most tokens that a model can write. Anthropic's API requires a limit, which is optional in chat, and a lower one would
 * cut answers.
 */
export function longestAnswer(model: string): number {
  const version = versionOf(model);
  if (version === undefined) return 32_000;
  if (version < 3.5) return 4_096;
  if (version < 3.7) return 8_192;
  if (version < 4.5 && model.includes('opus')) return 32_000;
  return 64_000;
}

/** How reasoning is controlled: by tokens until 4.5, by a level since. */
export function thinks(model: string): 'never' | 'by-budget' | 'by-effort' {
  const version = versionOf(model);
  if (version !== undefined && version < 3.7) return 'never';
  return version !== undefined && version < 4.6 ? 'by-budget' : 'by-effort';
}
