import { created, freshId, json, notFound, type Surface } from './answer.ts';

/** POST /embeddings: one small vector for each input. */
export const embeddings: Surface = ({ fields }, said) => {
  const inputs = Array.isArray(fields['input']) ? fields['input'] : [fields['input']];
  const floats = [0.25, -0.5, 0.125];
  const vector =
    fields['encoding_format'] === 'base64'
      ? Buffer.from(new Float32Array(floats).buffer).toString('base64')
      : floats;
  const data = inputs.map((_input: unknown, index) => ({ object: 'embedding', index, embedding: vector }));
  return json({
    object: 'list',
    data: said.text.length > 0 ? data : [],
    model: said.model,
    usage: { prompt_tokens: 11, total_tokens: 11 },
  });
};

/** GET /models */
export const listModels: Surface = ({ models }, { name }) =>
  json({ object: 'list', data: models.map((id) => ({ id, object: 'model', created, owned_by: name })) });

/** GET /models/ID */
export const oneModel: Surface = ({ models, params }, { name }) => {
  const id = decodeURIComponent(params['id'] ?? '');
  return models.includes(id)
    ? json({ id, object: 'model', created, owned_by: name })
    : notFound(`The model '${id}' does not exist`);
};

/** POST /moderations: nothing is ever flagged. */
export const moderations: Surface = ({ fields }, { model }) => {
  const inputs = Array.isArray(fields['input']) ? fields['input'] : [fields['input']];
  const forAll = <T>(value: T) => Object.fromEntries(categories.map((category) => [category, value]));
  const results = inputs.map(() => ({
    flagged: false,
    categories: forAll(false),
    category_scores: forAll(0.001),
    category_applied_input_types: forAll(['text']),
  }));
  return json({ id: freshId('modr-'), model, results });
};

const categories = [
  'hate',
  'hate/threatening',
  'harassment',
  'harassment/threatening',
  'illicit',
  'illicit/violent',
  'self-harm',
  'self-harm/intent',
  'self-harm/instructions',
  'sexual',
  'sexual/minors',
  'violence',
  'violence/graphic',
];

/** GET /health and / */
export const health: Surface = (_asked, { name }) => json({ status: 'ok', name });
