import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** ms; a machine without a registry is told by npm long before */
const PATIENCE = 180_000;

/**
 * The binary of a Node of that version, from its package for this platform, kept for the next run.
 * @returns why there is none, where the registry has none or cannot be reached
 */
export async function fetchNode(version: string): Promise<string | { readonly why: string }> {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(homedir(), '.cache/switchyard-tests', `${name}-${version}`);
  const binary = join(folder, 'node_modules', name, 'bin/node');
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true });
  const words = ['install', '--no-audit', '--no-fund', '--no-save', '--fetch-retries=0', '--prefix', folder];
  try {
    await promisify(execFile)('npm', [...words, `${name}@${version}`], { cwd: folder, timeout: PATIENCE });
    return binary;
  } catch (error) {
    return {
      why: `Node ${version} cannot be fetched: ${String((error as Error).message).split('\n')[1] ?? error}`,
    };
  }
}
