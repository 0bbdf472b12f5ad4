import { holds } from './carries.ts';
import { isObject, objectsOf, type Json } from './json.ts';
import type { Members } from './members.ts';

/** Members of a chat's message that other APIs have, or that need no counterpart. */
const KNOWN = new Set(
  `role content name refusal tool_calls tool_call_id function_call audio
   reasoning_content reasoning reasoning_details cache_control extra_content`.split(/\s+/),
);

/** Refuses content without a counterpart; additions of a server to its own answer are dropped and reported. */
export function noteOthers(
  message: Json,
  at: string,
  members: Members,
  cannotSay: (member: string, value: unknown) => never,
): void {
  for (const name of Object.keys(message)) {
    const value = message[name];
    if (KNOWN.has(name) || !holds(value)) continue;
    if (name === 'images' || message.role !== 'assistant') cannotSay(`${at}.${name}`, value);
    members.dropped(`messages.${name}`);
  }
}

/** `cache_control` of a whole message, as some clients send it. */
export const cacheOfMessage = ({ cache_control: cache }: Json): Json | undefined =>
  isObject(cache) ? cache : undefined;

/** Reports `detail` of pictures as dropped, for APIs that lack it. */
export function noteDetails({ content }: Json, members: Members): void {
  for (const { image_url: image } of objectsOf(content))
    if (isObject(image) && (image.detail ?? 'auto') !== 'auto') members.dropped('image_url.detail');
}
