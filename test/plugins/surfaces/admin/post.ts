import type { Switchyard } from '../../../switchyard.ts';

export const post = (switchyard: Switchyard, path: string, body?: Record<string, unknown>) =>
  switchyard.ask(path, { method: 'POST', ...(body ? { body } : {}) });
