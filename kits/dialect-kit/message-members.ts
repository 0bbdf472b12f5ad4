import { holds } from './carries.ts';
import { isObject, objectsOf, type Json } from './json.ts';
import type { Members } from './members.ts';

/** Members of a chat's message that have their place in other APIs, or say nothing that has one. */
const KNOWN = new Set(
  `role content name refusal tool_calls tool_call_id function_call audio
   reasoning_content reasoning reasoning_details cache_control extra_content`.split(/\s+/),
);

/** Content that has no place is refused; what a server wrote beside its own answer is left out and told. */
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

/** What is said to the cache of a whole message, as some clients write it. */
export const cacheOfMessage = ({ cache_control: cache }: Json): Json | undefined =>
  isObject(cache) ? cache : undefined;

/** How closely pictures are to be watched, for APIs that have no word for it. */
export function noteDetails({ content }: Json, members: Members): void {
  for (const { image_url: image } of objectsOf(content))
    if (isObject(image) && (image.detail ?? 'auto') !== 'auto') members.dropped('image_url.detail');
}
