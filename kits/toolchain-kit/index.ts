/**
 * What a toolchain is written with: find a tool of this machine, check what a provider asks for, install once into a folder
 * that is complete or not there, run tools without credentials. It re-exports all that a toolchain's file needs.
 */
export type {
  Checkout,
  Host,
  OptionsOf,
  Toolchain,
  ToolchainJob,
  ToolchainPlugin,
  ToolchainWish,
} from '../../core/contracts/index.ts';
export { GatewayError } from '../../core/errors.ts';
export { describeExit, type Exit } from '../process-kit/exit-meaning.ts';
export { Output } from '../process-kit/output.ts';
export { runOnce } from '../process-kit/run-once.ts';
export { askTool } from './ask-tool.ts';
export {
  askVersion,
  findTool,
  isExecutable,
  onPath,
  searchTool,
  toolMissing,
  type Tool,
  type ToolName,
} from './find-tool.ts';
export { installEnvironment } from './install-environment.ts';
export { fingerprint, installOnce, isInstalled, reinstall } from './install-once.ts';
export { NPM_VARIABLES, runNpm } from './npm.ts';
export { checkoutOf, packagesReader } from './packages.ts';
export { replaceFolder } from '../feature-kit/files/replace-folder.ts';
export { runTool, type Remedy, type ToolRun } from './run-tool.ts';
export { fits, inWords, RANGE, versionText, type Version } from './version.ts';
