import { objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';

/** As OpenRouter names it, whose clients send these back unchanged. */
export const GOOGLE = 'google-gemini-v1';

/** Signed reasoning in chat, beside its text in `reasoning_content`, so that a caller can send it back. */
export const signedThought = (text: string, signature: string, index: number): Json => ({
  type: 'reasoning.text',
  text,
  signature,
  format: GOOGLE,
  index,
});

/** The signature of a text: it holds the reasoning that led to it. */
export const signedText = (signature: string, index: number): Json => ({
  type: 'reasoning.encrypted',
  data: signature,
  format: GOOGLE,
  index,
});

/** The signature of a call, as Google's own chat API has it. */
export const signedCall = (signature: string): Json => ({ google: { thought_signature: signature } });

export interface Signatures {
  readonly thoughts: readonly Json[];
  readonly ofText: string | undefined;
  /** by the calls' ids, as OpenRouter has them */
  readonly ofCalls: ReadonlyMap<unknown, string>;
  /** Some are of another vendor, whose API alone takes them back. */
  readonly isForeign: boolean;
}

/** The inverse. */
export function signaturesIn({ reasoning_details: details }: Json): Signatures {
  const thoughts: Json[] = [];
  const ofCalls = new Map<unknown, string>();
  let [ofText, isForeign]: [string | undefined, boolean] = [undefined, false];
  for (const detail of objectsOf(details)) {
    const signature = stringOf(detail.data) || stringOf(detail.signature);
    if (signature === '') continue;
    if (detail.format !== GOOGLE) isForeign = true;
    else if (detail.type === 'reasoning.text')
      thoughts.push({ text: stringOf(detail.text), thought: true, thoughtSignature: signature });
    else if (stringOf(detail.id) !== '') ofCalls.set(detail.id, signature);
    else ofText = signature;
  }
  return { thoughts, ofText, ofCalls, isForeign };
}
