import type { ErrorBody, EventTranslator, SseEvent } from '../../../../../core/contracts/index.ts';
import { isObject, parseExact, type Json } from '../../../../../kits/dialect-kit/json.ts';
import type { Translator } from '../../../../../kits/dialect-kit/lazily.ts';
import { request } from './request.ts';
import { ResponseMaker } from './response.ts';

/** A response, for providers that only have chat completions. */
export const responsesToChat: Translator = {
  request,
  answer: (body, asked) => {
    if (!isObject(body) || !Array.isArray(body.choices)) return body;
    const maker = new ResponseMaker(asked, () => undefined);
    maker.read(body);
    return maker.end();
  },
  events: (asked): EventTranslator => {
    let out: SseEvent[] = [];
    const maker = new ResponseMaker(asked, (event) => void out.push(named(event)));
    const taken = (more: SseEvent[] = []): SseEvent[] => {
      const all = [...out, ...more];
      out = [];
      return all;
    };
    const translate = ({ data }: SseEvent): SseEvent[] => {
      const text = data.trim();
      const chunk = text === '[DONE]' ? undefined : parseExact(text);
      if (text === '[DONE]') maker.end();
      else if (isObject(chunk)) maker.read(chunk);
      return taken();
    };
    return Object.assign(translate, {
      fail: (said: ErrorBody, status: number) => {
        const last = maker.fail(said, status);
        return taken(last);
      },
    });
  },
};

const named = (event: Json): SseEvent => ({ event: event.type as string, data: JSON.stringify(event) });
