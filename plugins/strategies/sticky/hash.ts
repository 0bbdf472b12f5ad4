const BASIS = 0x811c9dc5;

/** 32 bits of a text (FNV-1a, mixed by murmur3's finaliser so that every bit depends on all). */
export function hash(text: string): number {
  let state = BASIS;
  for (let at = 0; at < text.length; at++) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
  return mixed(state);
}

/** The same of bytes, four in a step, for prompts are long; `before`: of those that go before them. */
export function hashBytes(bytes: Buffer, start: number, end: number, before = BASIS): number {
  let [state, at] = [before, start];
  for (; at + 4 <= end; at += 4) {
    const four = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    state = Math.imul(((state << 13) | (state >>> 19)) ^ four, 0x01000193);
  }
  for (; at < end; at++) state = Math.imul(state ^ bytes[at]!, 0x01000193);
  return mixed(state);
}

/**
 * How much a target wants a key: the highest has it. The logarithm makes shares exactly as large as the weights
 * (Schindelhauer, Schomaker 2005).
 */
export function rank(point: number, seed: number, weight: number): number {
  const chance = (mixed(point ^ seed) + 0.5) / 2 ** 32;
  return -weight / Math.log(chance);
}

function mixed(state: number): number {
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}
