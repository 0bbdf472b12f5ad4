/** Programs that the gateway runs, and how they become runnable. */

/**
 * A program the gateway runs. `{port}`, `{host}`, `{key}` (what its caller must send), `{folder}`, `{checkout}`, `{data}` and
 * what the toolchain names are filled in.
 */
export interface ProcessSpec {
  /** where the program comes from; undefined: it is already there */
  readonly source?: ProcessSource | undefined;
  readonly command: readonly string[];
  /** undefined: its private folder where it has one, else where it was installed */
  readonly cwd?: string | undefined;
  /** Defaults of the program that leak belong here too, so that they are overridden even when unused. */
  readonly env: Readonly<Record<string, string>>;
  /** What the operator gives it, by name; only this process gets it. */
  readonly secrets?: Readonly<Record<string, Secret>>;
  /**
   * Files put into its private folder before each start, by their path there: a text with placeholders, those of its
   * secrets among them, or a copy out of its checkout. Only the gateway's user can read them.
   */
  readonly files?: Readonly<Record<string, string | { readonly from: string }>>;
  readonly port: number | 'free';
  readonly host: string;
  readonly probe: Probe;
  /** 'boot': with the gateway; 'on-demand': with the first request for it; 'manual': by hand only */
  readonly start: 'boot' | 'on-demand' | 'manual';
  /** how it is stopped: ms that running answers may take (default 10 s), a signal to its group, ms until SIGKILL */
  readonly stop: {
    readonly drainMs?: number | undefined;
    readonly signal: NodeJS.Signals;
    readonly graceMs: number;
  };
  /** ms without a request after which it is stopped; undefined: never */
  readonly idleStopMs?: number | undefined;
  /** ms of being unhealthy after which it is started again, default 30 s; 0: never */
  readonly restartUnhealthyMs?: number | undefined;
  /** What all of its processes may use together, or it is started again: bytes, and cores over a minute. */
  readonly limits?: { readonly memory?: number; readonly cpu?: number } | undefined;
  /** What its ends mean, the first that fits. */
  readonly exits?: readonly ExitMeaning[];
  /** Why it cannot be had, and what the operator can do about that. */
  readonly unavailable?: string | undefined;
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
  /** the program's own code; undefined: it is all in the packages */
  readonly code?: Code | undefined;
}

/** Where a program of others comes from, as far as that is known without fetching it. */
export interface KnownSource extends ProcessSource {
  /** undefined: it names none */
  readonly licence?: string | undefined;
  /** Why it cannot be had, and what the operator can do about that. */
  readonly unavailable?: string | undefined;
  /** URL of the hosted service, where no code is named */
  readonly hosted?: string | undefined;
}

/** A repository at one commit, or a folder that is there. */
export type Code =
  | {
      readonly git: string;
      /** as much of its name as is unambiguous */
      readonly commit: string;
      /** where in the repository the program is */
      readonly subfolder?: string | undefined;
    }
  | { readonly folder: string };

export interface Secret {
  /** Without it the program is not started. */
  readonly required: boolean;
  /** what it is and where one gets it */
  readonly description: string;
  /** It stands in a file; the process's environment does not have it. */
  readonly fileOnly?: boolean;
  /** as the config gives it */
  readonly value?: string | undefined;
}

export interface Probe {
  readonly method: string;
  readonly path: string;
  readonly status: readonly number[];
  /** headers to send; placeholders are filled in */
  readonly headers?: Readonly<Record<string, string>>;
  /** What is wrong although the status is right, by the body (parsed where it is JSON); undefined: nothing. */
  readonly ready?: (body: unknown) => string | undefined;
  /** ms between two probes while it is healthy */
  readonly everyMs: number;
  /** ms from start to ready */
  readonly withinMs: number;
}

/** A known exit: how to recognise it, why it happened and what to do. */
export interface ExitMeaning {
  readonly code?: number;
  /** in what it wrote last */
  readonly says?: RegExp;
  readonly reason: string;
  readonly remedy: string;
  /** It may be over by itself in a while: tried again like a crash. */
  readonly passing?: boolean;
  /** A caller brought it about: started again at once, and not counted towards a crash loop. */
  readonly blameless?: boolean;
}

/** How a program becomes runnable. */
export interface Toolchain {
  /**
   * Installs into `folder` what is missing and nothing twice.
   * @returns values for the placeholders of the command: `{python}`, `{lib}`, …
   * @throws GatewayError naming what the machine lacks and the remedy
   */
  readonly prepare: (job: ToolchainJob) => Promise<Record<string, string>>;
  /**
   * What of this machine it would use, for people: 'Python 3.12.1 (/usr/bin/python3)'. Installs nothing.
   * @throws GatewayError naming what the machine lacks and the remedy
   */
  readonly find?: (wish: ToolchainWish) => Promise<string>;
  readonly close?: () => Promise<void> | void;
}

/** What a program needs of a toolchain. */
export interface ToolchainWish {
  readonly provider: string;
  readonly packages: unknown;
  readonly signal: AbortSignal;
}

export interface ToolchainJob extends ToolchainWish {
  readonly folder: string;
  /** the program's own code, which must stay as it is */
  readonly checkout?: Checkout | undefined;
  /** a line about how far it is, for people */
  readonly progress: (line: string) => void;
}

export interface Checkout {
  readonly folder: string;
  /** changes when its files do: the commit where they are just that */
  readonly state: string;
}

/** Where a local process listens, and the key made for it. */
export interface Address {
  origin: string;
  key: string;
}
