import { randomUUID } from 'node:crypto';
import { stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';

/** The members of an answer beside its candidates, whole or in pieces. */
export const headOf = ({ id, model }: Json): Json => ({
  modelVersion: model,
  responseId: stringOf(id) || randomUUID(),
});
