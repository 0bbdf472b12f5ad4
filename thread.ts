/** A thread of the gateway beside the main one: it accepts connections on the same port and answers requests by itself. */
import type { Server } from 'node:http';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { openApp } from './app.ts';
import { Connections } from './command/connections.ts';
import { giveBackWhenCalm } from './command/give-back.ts';
import { descriptorOf, listen } from './command/listen.ts';
import { retire } from './command/restart/retire.ts';
import { closeThread } from './command/threads/close-thread.ts';
import { BesideMain } from './command/threads/beside-main.ts';
import { Fall } from './command/threads/fall.ts';
import { answersOf, handUpgradesOn } from './command/threads/hand-on.ts';
import { watchHeap } from './command/threads/heap-watch.ts';
import { Link, type Hear } from './command/threads/link.ts';
import type { ThreadGiven } from './command/threads/running-thread.ts';
import { beat } from './command/threads/pulse.ts';
import { Replay } from './command/threads/replay-requests.ts';
import { tellRequests } from './command/threads/tell-requests.ts';
import { ToMain } from './command/threads/to-main.ts';
import { PluginRegistry } from './config/plugins/registry.ts';
import { readSnapshot } from './config/read.ts';
import { root } from './gateway.ts';
import { sameHooks } from './kits/feature-kit/index.ts';
import { answerError } from './server/error-handler.ts';
import { shareIds } from './wire/request-id.ts';

const given = workerData as ThreadGiven;
const topics = new Map<string, Hear>();
const link = new Link(parentPort as MessagePort, (topic) => topics.get(topic), 0, false);
const threads = new ToMain(link, topics);
const part = new BesideMain(given);
shareIds(given.ids);

const registry = await PluginRegistry.read(root);
const loaded = await readSnapshot(given.begun, registry);
const { host, port, fd } = given;
const server = { ...loaded.config.server, host, port, threads: given.threads };
const { app, gateway } = await openApp({
  loaded: { ...loaded, config: { ...loaded.config, server } },
  registry,
  thread: {
    threads,
    part,
    found: given.found,
    answers: answersOf(link, answerError),
    opened: (opened) => {
      part.gateway = opened;
      const replay = new Replay(opened);
      threads.on('reset', (label: string) => replay.reset(label));
      threads.on('probe', (target: string) => replay.probe(target));
      threads.on('learn', (told: Parameters<Replay['learn']>[0]) => replay.learn(told));
      tellRequests(opened.events, (context) => !replay.has(context), {
        begin: (told) => link.tell('begin', told),
        send: (told) => link.tell('send', told),
        attempt: (told) => link.tell('attempt', told),
        end: (told) => link.tell('end', told),
      });
    },
  },
});
await sameHooks(gateway, threads);
handUpgradesOn(link, app.server);
const connections = new Connections(app.server);
const fall = new Fall({ app, gateway, connections, link });
threads.on('close', () => {
  fall.isOrdered();
  return closeThread(app, gateway, connections);
});
threads.on('endNow', () => gateway.endAll());
threads.on('retire', () => {
  fall.isOrdered();
  return retire(app, connections);
});
await link.ready();
await listen(app, { host, port, fd, isShared: true });
fall.begin();
watchHeap((why) => fall.because(why));
beat(given.pulse);
link.tell('listening', descriptorOf(app.server as Server));
giveBackWhenCalm();
