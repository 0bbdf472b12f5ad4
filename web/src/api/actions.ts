import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { agreeToInstall, Declined } from '../shell/first-install/first-install.ts';
import { toast } from '../shell/toast.ts';
import { send } from './client.ts';
import type { Action, TestRun } from './types.ts';

export type ProviderAction = 'start' | 'stop' | 'restart' | 'populate' | 'test';

interface Asked {
  readonly name: string;
  readonly action: ProviderAction;
}

const WORDS: Readonly<Record<ProviderAction, readonly [doing: string, done: string]>> = {
  start: ['start', 'Started'],
  stop: ['stop', 'Stopped'],
  restart: ['restart', 'Restarted'],
  populate: ['install', 'Installed'],
  test: ['test', 'Tested'],
};

/** Starts, stops, restarts, installs or tests one provider, and shows the result. */
export function useProviderAction(): UseMutationResult<unknown, Error, Asked> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ name, action }: Asked) => {
      if (action !== 'stop' && action !== 'test') await agreeToInstall(name);
      return send('POST', `providers/${encodeURIComponent(name)}/${action}`);
    },
    onSuccess: (answer, { name, action }) => {
      if (action === 'test') tellTest(name, answer);
      else tellDone({ name, action }, answer);
    },
    onError: (error, { name, action }) => {
      if (error instanceof Declined) return;
      toast({ tone: 'bad', title: `Could not ${WORDS[action][0]} ${name}`, detail: error.message });
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['providers'] }),
  });
}

/** An answer comes after half a minute at the latest; a longer action goes on. */
function tellDone({ name, action }: Asked, answer: unknown): void {
  const { state, reason } = answer as Action;
  if (state === 'installing' || state === 'starting')
    return toast({ tone: 'busy', title: `${name} is still ${state}`, ...(reason ? { detail: reason } : {}) });
  toast({ tone: 'well', title: `${WORDS[action][1]} ${name}` });
}

function tellTest(name: string, answer: unknown): void {
  const { ok, providers } = answer as TestRun;
  const failed = providers.flatMap(({ checks }) => checks).filter((check) => check.ok === false);
  if (ok) return toast({ tone: 'well', title: `${name} passed its tests` });
  toast({
    tone: 'bad',
    title: `${name} failed its tests`,
    detail: failed.map(({ check, detail }) => `${check}: ${detail}`).join(' · '),
  });
}
