import type { IncomingHttpHeaders } from 'node:http';

/** A browser cannot set headers of a WebSocket, so OpenAI's client has its key in a subprotocol there. */
const KEY = 'openai-insecure-api-key.';

/** The subprotocols that a client offers, without its key. */
export const protocolsIn = (headers: IncomingHttpHeaders): string[] => [
  ...new Set(offeredIn(headers).filter((one) => !one.startsWith(KEY))),
];

/** The key among them. */
export const keyInProtocols = (headers: IncomingHttpHeaders): string | undefined =>
  headers['sec-websocket-protocol'] === undefined
    ? undefined
    : offeredIn(headers)
        .find((one) => one.startsWith(KEY))
        ?.slice(KEY.length);

const offeredIn = ({ 'sec-websocket-protocol': offered = '' }: IncomingHttpHeaders): string[] =>
  offered
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
