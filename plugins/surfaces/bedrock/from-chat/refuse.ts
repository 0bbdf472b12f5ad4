import { refuse } from '../../../../kits/dialect-kit/refuse.ts';

export const cannotSay = (member: string, value: unknown): never =>
  refuse(member, value, 'the Converse API', '/chat/completions');
