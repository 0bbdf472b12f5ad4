/** Programs that the yard runs, and how they become runnable. */

/** A program the yard runs. `{port}`, `{host}`, `{key}`, `{folder}` and what the toolchain names are filled in. */
export interface ProcessSpec {
  /** where the program comes from; undefined: it is already there */
  readonly source?: ProcessSource | undefined;
  readonly command: readonly string[];
  readonly cwd?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly port: number | 'free';
  readonly host: string;
  readonly probe: Probe;
  /** 'boot': with the gateway; 'on-demand': with the first request for it; 'manual': by hand only */
  readonly start: 'boot' | 'on-demand' | 'manual';
  /** how it ends: a signal to its group, ms until SIGKILL */
  readonly stop: { readonly signal: NodeJS.Signals; readonly grace: number };
  /** shown before a first install */
  readonly notes: {
    readonly licence?: string;
    readonly writes: readonly string[];
    readonly risks: readonly string[];
  };
}

export interface ProcessSource {
  /** name of the toolchain plugin that makes it runnable */
  readonly toolchain: string;
  /** what that toolchain installs; its own schema checks it */
  readonly packages: unknown;
}

export interface Probe {
  readonly method: string;
  readonly path: string;
  readonly status: readonly number[];
  /** ms between two looks while it is healthy */
  readonly every: number;
  /** ms it may take from start to ready */
  readonly within: number;
}

/** How a program becomes runnable. */
export interface Toolchain {
  /**
   * Installs into `folder` what is missing and nothing twice.
   * @returns values for the placeholders of the command: `{python}`, `{lib}`, …
   * @throws GatewayError naming what the machine lacks and the remedy
   */
  readonly prepare: (job: ToolchainJob) => Promise<Record<string, string>>;
  readonly close?: () => Promise<void> | void;
}

export interface ToolchainJob {
  readonly provider: string;
  readonly packages: unknown;
  readonly folder: string;
  readonly signal: AbortSignal;
  /** a line about how far it is, for people */
  readonly progress: (line: string) => void;
}
