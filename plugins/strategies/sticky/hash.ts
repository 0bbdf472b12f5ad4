const BASIS = 0x811c9dc5;

/** 32 bits of a text (FNV-1a, mixed by murmur3's finaliser so that every bit depends on all). */
export function hash(text: string): number {
  let state = BASIS;
  for (let at = 0; at < text.length; at++) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
  return mixed(state);
}

/** How many leading bytes are hashed in full, and how many samples are taken of the rest. */
const HEAD = 256;
const SAMPLES = 32;

/**
 * The same of bytes, four in a step; `before`: hash of the bytes before them. Prompts are long: beyond the leading
 * bytes only samples count, so two that differ elsewhere may go to the same target.
 */
export function hashBytes(bytes: Buffer, start: number, end: number, before = BASIS): number {
  const head = Math.min(end, start + HEAD);
  const step = Math.max(4, Math.floor((end - head) / SAMPLES));
  let state = before ^ (end - start);
  let at = start;
  for (; at + 4 <= head; at += 4) state = mixedIn(state, bytes, at);
  for (; at + 4 <= end; at += step) state = mixedIn(state, bytes, at);
  if (end - start >= 4) state = mixedIn(state, bytes, end - 4);
  else for (; at < end; at++) state = Math.imul(state ^ bytes[at]!, 0x01000193);
  return mixed(state);
}

function mixedIn(state: number, bytes: Buffer, at: number): number {
  const four = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  return Math.imul(((state << 13) | (state >>> 19)) ^ four, 0x01000193);
}

/**
 * A target's score for a key, 0 to 1: the highest wins. The root makes shares exactly proportional to the weights
 * (Efraimidis, Spirakis 2006).
 */
export function rendezvousScore(point: number, seed: number, weight: number): number {
  const chance = (mixed(point ^ seed) + 0.5) / 2 ** 32;
  return weight === 1 ? chance : chance ** (1 / weight);
}

function mixed(state: number): number {
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}
