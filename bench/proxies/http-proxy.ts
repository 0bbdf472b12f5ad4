// Fastify with @fastify/http-proxy and nothing else; limits wide enough that the load does not hit them.
import proxy from '@fastify/http-proxy';
import { fastify } from 'fastify';

const [port, upstream = ''] = process.argv.slice(2);
const app = fastify({ bodyLimit: 16 * 1024 * 1024 });
await app.register(proxy, { upstream, undici: { connections: 1024, headersTimeout: 0, bodyTimeout: 0 } });
await app.listen({ port: Number(port), host: '127.0.0.1', backlog: 4096 });
