/** PostgreSQL takes no NUL, and only whole characters. */
export const plain = <Text extends string | null>(text: Text): Text =>
  (text === null ? null : text.toWellFormed().replaceAll('\0', '\uFFFD')) as Text;

/** PostgreSQL refuses what it is asked to keep, and would again. */
export const isOfData = (error: unknown): boolean =>
  /^(2[123]|54)/.test(String((error as { code?: unknown }).code));
