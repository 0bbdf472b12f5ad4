/** Vectors as OpenAI's API writes them in base64: 32-bit floats, little-endian. */
export function base64Of(values: readonly number[]): string {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [nth, value] of values.entries()) bytes.writeFloatLE(value, nth * 4);
  return bytes.toString('base64');
}

/** The inverse: some servers always write base64. */
export function floatsOf(base64: string): number[] {
  const bytes = Buffer.from(base64, 'base64');
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, nth) => bytes.readFloatLE(nth * 4));
}
