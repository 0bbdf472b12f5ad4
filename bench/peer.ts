import { fileURLToPath } from 'node:url';

/** What a peer gets to start with. */
export interface Setup {
  /** Port to listen on, on 127.0.0.1. */
  port: number;
  /** Origin of the upstream, without a path. */
  upstream: string;
  /** A folder of its own, for a config file and whatever it writes. */
  folder: string;
  /** How to run Node: the binary and its flags. */
  node: readonly string[];
}

/** Something that stands between the load and the upstream. One file in `peers/` is one peer; its name is the file's. */
export interface Peer {
  name: string;
  /** Why it can not run here, if it can not. */
  missing?(): string | undefined;
  /** The command to run; it is ready when GET /v1/models on its port answers 200. A peer without it is the upstream itself. */
  launch?(setup: Setup): readonly string[];
}

/** Path of a file beside this one. */
export const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
