/** Programs without a running gateway: exports for `switchyard doctor` and `switchyard populate`. */
export { askGit, gitEnvironment } from './install/git.ts';
export { displaySource } from './install/git-clone.ts';
export { install } from './install/install.ts';
export { isFetched, pathsOf, type ProgramPaths } from './install/paths.ts';
export { SecretStore, withKept } from './secret-store.ts';
