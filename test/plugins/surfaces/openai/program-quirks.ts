import type { Quirks } from '../../../../core/contracts/index.ts';

export const programQuirks: Readonly<Record<string, Partial<Quirks>>> = {
  'qwen-api-fork': {
    streams: 'never',
    onLeave: 'drain',
    content: 'string',
    retryStatuses: [400],
    tidy: true,
  },
  qwenchat2api: {
    streams: 'only',
    onLeave: 'abort',
    reasoning: ['think-each-delta'],
    ends: 'reason',
    retryStatuses: [401, 403],
  },
  k2think2api3: {
    streams: 'both',
    onLeave: 'abort',
    reasoning: ['think-tags'],
    ends: 'reason',
    failureTexts: ['请求处理失败: ', '🔄 tokens强制刷新已启动'],
    usage: 'invented',
  },
  k2think2api: { streams: 'only', onLeave: 'abort', ends: 'reason' },
  grok2api: { streams: 'only', onLeave: 'drain', reasoning: ['think-tags'], ends: 'done' },
  'openai-compatible-api-proxy-for-z': {
    streams: 'only',
    onLeave: 'drain',
    content: 'string',
    ends: 'reason',
  },
  'z.ai2api-python': {
    streams: 'only',
    onLeave: 'abort',
    reasoning: ['thinking-delta', 'details-tags'],
    ends: 'reason',
    failureTexts: ['非流式响应处理中'],
  },
  ztoapi: { streams: 'only', onLeave: 'drain', content: 'string', ends: 'reason' },
  'z.ai2api': { streams: 'only', onLeave: 'abort', ends: 'reason' },
  ztoapits: { streams: 'only', onLeave: 'drain', ends: 'reason' },
  'talkai-ctoapi': {
    streams: 'both',
    onLeave: 'drain',
    content: 'string',
    ends: 'reason',
    retryStatuses: [401, 403],
  },
  'talkai-seed': {
    streams: 'both',
    onLeave: 'abort',
    content: 'string',
    failureTexts: ['[TalkAI Mock', '[TalkAI Streaming]'],
  },
  'copilot-proxy-seed': {
    streams: 'both',
    onLeave: 'abort',
    failureTexts: ['[GitHub Copilot Mock]', '[GitHub Copilot Streaming]'],
  },
  'copilot-api': { streams: 'both', onLeave: 'drain', retryStatuses: [401, 403] },
};
