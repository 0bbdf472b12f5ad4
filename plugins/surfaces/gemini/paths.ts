import type { PathOf } from '../../../core/contracts/index.ts';

/** A model's name may hold a slash: 'tunedModels/mine', or a publisher's in Vertex AI. */
export const modelPath = (model: string): string =>
  `/${/^(?:models|tunedModels|publishers|projects|endpoints)\//.test(model) ? '' : 'models/'}${model.split('/').map(encodeURIComponent).join('/')}`;

/** Streams are asked for as server-sent events, whatever form the caller wants. */
export const generatePath: PathOf = ({ model, stream }) =>
  `${modelPath(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`;
