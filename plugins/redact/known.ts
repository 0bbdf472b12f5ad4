/** Secrets and personal data of a kind. Quantifiers are bounded, so that no text takes long. */
interface Kind {
  readonly source: string;
  /** a check beyond the pattern */
  readonly isOne?: (found: string) => boolean;
}

const one = (source: string, isOne?: Kind['isOne']): Kind => (isOne ? { source, isOne } : { source });

export const KNOWN = {
  secret: [
    one(String.raw`\bsk-[\w-]{16,200}`),
    one(String.raw`\bgh[opsur]_[A-Za-z0-9]{36,255}`),
    one(String.raw`\bgithub_pat_\w{22,255}`),
    one(String.raw`\bAKIA[A-Z0-9]{16}\b`),
    one(String.raw`\bASIA[A-Z0-9]{16}\b`),
    one(String.raw`\bAIza[\w-]{35}`),
    one(String.raw`\bxox[abprs]-[\w-]{10,250}`),
    one(String.raw`\beyJ[\w-]{10,1000}\.[\w-]{10,2000}\.[\w-]{10,1000}`),
    one(
      String.raw`-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\w+/=\s\\-]{0,4000}?-----END [A-Z ]{0,30}PRIVATE KEY-----`,
    ),
  ],
  email: [one(String.raw`(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}`)],
  phone: [one(String.raw`(?<!\w)\+\d[\d ()-]{6,18}\d`)],
  card: [one(String.raw`(?<![\d-])\d(?:[ -]?\d){12,18}(?![\d-])`, isCard)],
  iban: [one(String.raw`\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b`, isIban)],
  ip: [one(String.raw`(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])`)],
} as const satisfies Record<string, readonly Kind[]>;

export type KnownName = keyof typeof KNOWN;

/** By its check digit (Luhn). */
function isCard(found: string): boolean {
  const digits = [...found.replace(/\D/g, '')].reverse().map(Number);
  const sum = digits.reduce((all, digit, at) => {
    const doubled = at % 2 === 0 ? digit : digit * 2;
    return all + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}

/** By its check digits (ISO 13616). */
function isIban(found: string): boolean {
  const text = found.replaceAll(' ', '');
  let rest = 0;
  for (const letter of text.slice(4) + text.slice(0, 4))
    for (const digit of parseInt(letter, 36).toString()) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1;
}
