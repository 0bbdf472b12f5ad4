/** How these APIs read and are said in one another; on its own, for threads that have no gateway around them. */
export { dialects } from './dialects/dialects.ts';
export { translations } from './translations/translations.ts';
