import type { House } from '../../../house.ts';

export const post = (house: House, path: string, body?: Record<string, unknown>) =>
  house.ask(path, { method: 'POST', ...(body ? { body } : {}) });
