/** Google's own tools read both. */
export const KEYS = ['GEMINI_API_KEY', 'GOOGLE_API_KEY'];

export const facts = {
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  keyFrom: KEYS,
  keyHeader: 'x-goog-api-key',
  modelsPath: '/models?pageSize=1000',
  surfaces: ['gemini', 'gemini-tokens', 'gemini-embed', 'gemini-embeddings'],
} as const;
