/** How hard a model of Google’s thinks. */
import t from 'tap';
import { asGemini } from './as-gemini.ts';

t.test('how hard to think is said as the model takes it', (t) => {
  for (const [model, effort, expected, dropped] of [
    ['gemini-2.5-flash', 'low', { includeThoughts: true, thinkingBudget: 1_024 }],
    ['gemini-2.5-pro', 'high', { includeThoughts: true, thinkingBudget: 24_576 }],
    ['gemini-2.5-flash', 'none', { thinkingBudget: 0 }],
    ['gemini-2.5-pro', 'none', undefined, ['reasoning_effort']],
    ['gemini-3-pro-preview', 'medium', { includeThoughts: true, thinkingLevel: 'high' }],
    ['gemini-3.1-pro-preview', 'medium', { includeThoughts: true, thinkingLevel: 'medium' }],
    ['gemini-3-flash-preview', 'minimal', { includeThoughts: true, thinkingLevel: 'minimal' }],
    ['gemini-3.7-flash', 'minimal', { includeThoughts: true, thinkingLevel: 'low' }],
    ['gemini-3.7-flash', 'none', { thinkingLevel: 'low' }],
    ['gemini-3-pro-preview', 'minimal', { includeThoughts: true, thinkingLevel: 'low' }],
    ['gemini-flash-latest', 'xhigh', { includeThoughts: true, thinkingLevel: 'high' }],
    ['gemini-3-flash-preview', 'none', { thinkingLevel: 'minimal' }],
    ['gemini-2.0-flash', 'low', undefined, ['reasoning_effort']],
    ['gemma-3-27b-it', 'none', undefined, []],
  ] as const) {
    const { generationConfig = {}, dropped: left } = asGemini({ model, reasoning_effort: effort });
    t.strictSame(generationConfig.thinkingConfig, expected, `${model} ${effort}`);
    t.strictSame(left, dropped ?? [], `${model} ${effort}`);
  }
  t.end();
});
