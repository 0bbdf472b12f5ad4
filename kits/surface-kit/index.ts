/**
 * What a surface is written with: a request from its bytes to its answer, which callers may use a route, and conversions between
 * wire formats. `gateway.answer` of the contract does the rest.
 */
export { answer } from './answer.ts';
export { answerOver, type UnderWay } from './answer-over.ts';
export { takeUpgrades, type Upgrade, upgradeOf, wantsWebSocket } from './upgrades.ts';
export { noRoom, type Reading, readBody, tooSlow } from './read-body.ts';
export {
  indexed,
  type InPath,
  type ModelPath,
  passBodiesAsBytes,
  pinOf,
  queryOf,
  readCall,
} from './read-call.ts';
export { readObject } from './read-object.ts';
export { namesFor } from './names-for.ts';
export { answerOnly, notAllowed } from './answer-only.ts';
export { serve } from './serve.ts';
export { contextWindow, mergeDescriptions } from './merge-descriptions.ts';
export { refuseUpgrade } from './refuse-upgrade.ts';
export { answerCount, type Counting } from './answer-count.ts';
export { tellClients } from './tell-clients.ts';
export { whileAdmitted } from './while-admitted.ts';
export { dryRun } from './dry-run.ts';
export { whyBlocked } from '../../core/dispatch/no-target.ts';
export { whyPinned } from '../../core/dispatch/final-response.ts';
export { meaningOfStatus } from '../../core/failures/status-meaning.ts';
export { connectionError, isUnreachable } from '../../core/failures/connection-error.ts';
export {
  type RouteAccess,
  callersRoute,
  linkedRoute,
  openRoute,
  ownKeyRoute,
  peersRoute,
  probeRoute,
} from './route-access.ts';
export { KeepAlive } from './keep-alive.ts';
export { HttpSink } from './http-sink.ts';
export { ClientDisconnect } from '../../core/request/client-disconnect.ts';
export { checkModel } from './check-model.ts';
export { allowedOf } from '../../core/request/route-for.ts';
export { contextOf, freshTrace } from './context.ts';
export { addNote } from '../../core/trace/note.ts';
export { requestId } from '../../wire/request-id.ts';
export { hasSurface, translationFor } from '../../core/translation/adapt-call.ts';
export { isRewritten } from '../../core/translation/is-rewritten.ts';
export { isLastChance, isOpen } from '../../core/upstreams/availability.ts';
export { FormatRegistry } from '../../core/translation/format-registry.ts';
export { convertAnswer, convertRequest } from '../../core/translation/convert-body.ts';
