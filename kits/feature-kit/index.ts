/** Exports for features: providers' standing, traces as data, requests of the gateway's own, names, files. */
export type {
  Attempt,
  Context,
  Feature,
  FeaturePlugin,
  GatewayEvents,
  Host,
  OptionsOf,
  ProcessChange,
  Target,
  Trace,
  TraceRecord,
  Upstream,
} from '../../core/contracts/index.ts';
/** The state of a provider, and why it is out. */
export { canServe, outOf, type Standing, standing, type StandingState, type Status } from './standing.ts';
export { holding } from '../../core/upstreams/blocks.ts';
/** A trace as data that can be kept, as a line of a list, and as times. */
export { partsOf, record } from './trace-record.ts';
export { summary, tenths } from './summary.ts';
export { type Spent, timeBreakdown } from './time-breakdown.ts';
export { matches } from './request-filter.ts';
/** What an upstream's status means. */
export {
  isRefusal,
  isServerError,
  lacksPath,
  mayPass,
  refusesKey,
} from '../../core/failures/status-meaning.ts';
/** Requests of the gateway's own, with the provider's key and headers. */
export { answersChat, get, getJson, shortChat } from './own-request.ts';
export { type Answer, exchanged, post } from './exchange.ts';
export { signature } from './signature.ts';
export { listsIn, modelList, nameOf } from './model-list.ts';
/** Hooks: they read requests before routing, and rewrite the texts of answers. */
export { addHook, addKeeper, bodyOf, sameHooks } from './hooks/chain.ts';
export { PassingSink } from './hooks/passing-sink.ts';
export { addNote } from '../../core/trace/note.ts';
export {
  type Hook,
  type HookChanges,
  type HookRequest,
  type Rewrite,
  type RewritePlace,
  type Rewritten,
  refusal,
} from './hooks/hook.ts';
/** Events of budgets that have reached a share. */
export { type BudgetNews, budgetNews } from './budget-news.ts';
/** Names as the config compares them, and as errors list them. */
export { choice, listed, loose, suggestion } from '../../wire/names.ts';
/** Dates of moments on the gateway's clock. */
export { type Clocks, dated } from './clocks.ts';
/** The label of a target in metrics: as many as the config names. */
export { targetNames } from './target-names.ts';
/** Work that must not overlap. */
export { SerialQueue } from './serial-queue.ts';
/** Checks values against a JSON Schema. */
export { validator } from './validator.ts';
/** What a feature does when another process takes over. */
export {
  type HandedProgram,
  type Programs,
  type Restarts,
  type Succession,
  onReplaced,
  successionOf,
} from './succession.ts';
/** Files that are whole or not there, in a folder that only the gateway's user can read. */
export { privateFolder } from './files/private-folder.ts';
export { whyNotWritten } from './files/why-not-written.ts';
export { writeWhole } from './files/write-atomically.ts';
export { replaceFolder } from './files/replace-folder.ts';
/** The other threads of a gateway that has several. */
export { takesOneThread, type Threads, type ThreadsStanding, threadsOf } from './threads.ts';
