/** Programs without a running gateway: what `switchyard doctor` and `switchyard populate` ask of the supervisor. */
export { askGit, gitEnvironment } from './install/git.ts';
export { display } from './install/git-clone.ts';
export { prepare } from './install/install.ts';
export { isFetched, placesOf, type Places } from './install/paths.ts';
export { Secrets, withKept } from './secrets.ts';
