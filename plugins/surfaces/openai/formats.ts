/** The dialects and translations of these APIs, as a module for worker threads that have no gateway. */
export { dialects } from './dialects/dialects.ts';
export { translations } from './translations/translations.ts';
