import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A browser of this machine; nothing is installed. */
export async function launchChromium(): Promise<Browser> {
  if (!existsSync(CHROMIUM))
    throw new Error(
      `there is no browser at ${CHROMIUM}: install one ("apt-get install chromium" on Debian), or name another one that is Chromium in the variable CHROMIUM`,
    );
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}
