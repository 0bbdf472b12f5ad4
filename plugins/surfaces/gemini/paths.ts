import type { PathOf } from '../../../core/contracts/index.ts';

/** A model's name as part of a path; a tuned model is in another folder: 'tunedModels/mine'. */
const modelPath = (model: string): string => {
  const path = model.split('/').map(encodeURIComponent).join('/');
  return /^(?:models|tunedModels)\//.test(model) ? `/${path}` : `/models/${path}`;
};

export const methodPath = (model: string, method: string): string => `${modelPath(model)}:${method}`;

/** Streams are asked for as server-sent events, whatever form the caller wants. */
export const generatePath: PathOf = ({ model, stream }) =>
  methodPath(model, stream ? 'streamGenerateContent?alt=sse' : 'generateContent');

/** Of Vertex AI alone. */
export const predictPath: PathOf = ({ model }) => methodPath(model, 'predict');

export const batchEmbedPath: PathOf = ({ model }) => methodPath(model, 'batchEmbedContents');
