import { holds } from '../../../../kits/dialect-kit/carries.ts';
import { isObject, type Json } from '../../../../kits/dialect-kit/json.ts';

/** Whether a block, or a piece of one, carries content: a call of a tool does before its arguments come. */
export const carries = (block: Json): boolean => isObject(block.toolUse) || holds(block);
