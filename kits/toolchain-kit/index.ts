/** What a toolchain is written with: find a tool on this machine, run it, and install once into a folder. */
export type { Host, KnownSource, OptionsOf, Toolchain, ToolchainPlugin } from '../../core/contracts/index.ts';
/** A tool on the PATH, its version, and the range that a program needs. */
export { askVersion, fits, inWords, onPath, RANGE, told, type Tool, type Version } from './find-tool.ts';
/** Runs a tool, and says what to do about a failure that is known. */
export { type Remedy, runTool, type ToolRun } from './run-tool.ts';
export { askTool } from './ask-tool.ts';
/** The environment of an installation: nothing of the operator's but proxies and certificates. */
export { installEnvironment } from './install-environment.ts';
/** A folder that is whole or not there, made again when its contents' sources have changed. */
export { fingerprint, isMade, made, remade } from './install-once.ts';
export { whole } from './replace-folder.ts';
