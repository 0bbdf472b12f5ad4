import type { EventTranslator, SseEvent, Translation } from '../../../../../core/contracts/index.ts';
import { isObject, parseExact, type Json } from '../../../../../kits/dialect-kit/json.ts';
import { REMEMBERED } from './echo.ts';
import { request } from './request.ts';
import { ResponseMaker } from './response.ts';

/** A response, for providers that only have chat completions. */
export const responsesToChat: Translation = {
  name: 'responses-to-chat',
  from: 'responses',
  to: 'chat',
  path: '/chat/completions',
  countsStreams: true,
  remembers: REMEMBERED,
  request,
  answer: (body, asked) => {
    if (!isObject(body) || !Array.isArray(body.choices)) return body;
    const maker = new ResponseMaker(asked, () => undefined);
    maker.read(body);
    return maker.end();
  },
  events: (asked): EventTranslator => {
    let out: SseEvent[] = [];
    const maker = new ResponseMaker(asked, (event) => void out.push(framedAs(event)));
    const written = (work: () => void): SseEvent[] => {
      out = [];
      work();
      return out;
    };
    const translate = ({ data }: SseEvent): SseEvent[] =>
      written(() => {
        const text = data.trim();
        if (text === '[DONE]') return void maker.end();
        const chunk = parseExact(text);
        if (isObject(chunk)) maker.read(chunk);
      });
    return Object.assign(translate, {
      fail: (...failed: Parameters<ResponseMaker['fail']>) => written(() => maker.fail(...failed)),
    });
  },
};

const framedAs = (event: Json): SseEvent => ({ event: event.type as string, data: JSON.stringify(event) });
