/**
 * Finds what may be the beginning of a match at the end of a text, derived from a regular expression. It may find too much,
 * never too little.
 */
export interface Beginnings {
  /** the common beginning of all matches; '': there is none */
  readonly prefix: string;
  /** Where in the text the first may be; its length: nowhere. @param from nothing before is of interest */
  first(text: string, from: number): number;
}

/** A lookbehind is no part of the match. */
const LOOKBEHIND = /\(\?<[=!](?:\\[^]|\[(?:\\[^]|[^\]\\])*\]|[^()\\[\]])*\)/g;

export function beginningsOf({ source: written, flags }: RegExp): Beginnings {
  const source = written.replace(LOOKBEHIND, '');
  const alphabet = alphabetOf(source, flags);
  const folded = (text: string): string => (flags.includes('i') ? text.toLowerCase() : text);
  const prefix = folded(prefixOf(source));
  const begins = firstOf(source, flags);
  return {
    prefix,
    first: (text, from) => {
      const sought = folded(text);
      const whole = prefix === '' ? -1 : sought.indexOf(prefix, from);
      if (prefix !== '' && whole === -1) return beginningAt(sought, prefix);
      let at = text.length;
      while (at > from && alphabet(text.charCodeAt(at - 1))) at--;
      while (at < text.length && !begins(text.charCodeAt(at))) at++;
      if (prefix === '') return at;
      const next = sought.indexOf(prefix, at);
      return next === -1 ? beginningAt(sought, prefix) : next;
    },
  };
}

/** Where the end of a text is the beginning of another; its length: nowhere. */
function beginningAt(text: string, prefix: string): number {
  for (let at = Math.max(0, text.length - prefix.length + 1); at < text.length; at++)
    if (prefix.startsWith(text.slice(at))) return at;
  return text.length;
}

const QUANTIFIER = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/;
const GROUP = /^\((?:\?(?:[:=!]|<[=!]|<\w+>))?/;

type Has = (code: number) => boolean;

/** Whether a match may have that character in it. */
function alphabetOf(source: string, flags: string): Has {
  const parts: string[] = [];
  for (let rest = source; rest !== '';) {
    const token = tokenOf(rest);
    rest = rest.slice(token.length);
    if (isCharacter(token)) parts.push(token);
  }
  return oneOf(parts, flags);
}

/** Whether a match may begin with that character. */
function firstOf(source: string, flags: string): Has {
  const rest = source.replace(/^(?:\\b)+/, '');
  const token = tokenOf(rest);
  const isSure = isCharacter(token) && !/^(?:[*?]|\{0)/.test(rest.slice(token.length));
  return isSure && !hasAlternatives(source) ? oneOf([token], flags) : () => true;
}

function oneOf(parts: readonly string[], flags: string): Has {
  const one = new RegExp(
    `^(?:${parts.length === 0 ? '(?!)' : parts.join('|')})$`,
    flags.replace(/[gy]/g, ''),
  );
  const known = Array.from({ length: 128 }, (_, code) => one.test(String.fromCharCode(code)));
  const isSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdfff;
  return (code) => known[code] ?? (isSurrogate(code) || one.test(String.fromCharCode(code)));
}

function tokenOf(rest: string): string {
  const [first = ''] = rest;
  if (first === '\\')
    return (
      /^\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|k<\w+>|c[A-Za-z]|[^])/.exec(rest)?.[0] ??
      first
    );
  if (first === '[') return /^\[(?:\\[^]|[^\]\\])*\]/.exec(rest)?.[0] ?? first;
  return GROUP.exec(rest)?.[0] ?? QUANTIFIER.exec(rest)?.[0] ?? first;
}

/** It stands for one character, which no group, bound or repetition does. */
function isCharacter(token: string): boolean {
  if (token.startsWith('\\')) return !/^\\(?:[bB]|\d|k<)/.test(token);
  return token.startsWith('[') || !/^(?:\(|\)|\||\^|\$|[*+?]|\{\d)/.test(token);
}

/** The characters that each match begins with; '' where they may differ. */
function prefixOf(source: string): string {
  if (hasAlternatives(source)) return '';
  let prefix = '';
  for (let rest = source; rest !== '';) {
    const token = tokenOf(rest);
    rest = rest.slice(token.length);
    if (token === '\\b') continue;
    const literal = literalOf(token);
    if (literal === undefined) break;
    if (/^(?:[*?]|\{)/.test(rest)) break;
    prefix += literal;
    if (rest.startsWith('+')) break;
  }
  return prefix;
}

function literalOf(token: string): string | undefined {
  if (/^\\[^\w]$/.test(token)) return token[1];
  if (token.startsWith('\\') || token.startsWith('[') || token === '.' || !isCharacter(token))
    return undefined;
  return token.length === 1 ? token : undefined;
}

function hasAlternatives(source: string): boolean {
  let depth = 0;
  for (let rest = source; rest !== '';) {
    const token = tokenOf(rest);
    rest = rest.slice(token.length);
    if (token.startsWith('(')) depth++;
    else if (token === ')') depth--;
    else if (token === '|' && depth === 0) return true;
  }
  return false;
}
