import { isObject, type Json } from '../../../../kits/dialect-kit/json.ts';

/** A parameter of one vendor's models. A value that the caller gave takes precedence. */
export function addField(asked: Json, name: string, value: unknown): void {
  const given = isObject(asked.additionalModelRequestFields) ? asked.additionalModelRequestFields : {};
  asked.additionalModelRequestFields = { [name]: value, ...given };
}
