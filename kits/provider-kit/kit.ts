/** What a provider is written with: `remote` for one that is reached by URL, `program` for a local program. */
export * from './provider.ts';
export * from './program.ts';
export { isGiven, lacksOf } from './lacks.ts';
