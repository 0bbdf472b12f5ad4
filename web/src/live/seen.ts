/** Settles as soon as the tab is visible. */
export function isSeen(): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (document.hidden) return;
      document.removeEventListener('visibilitychange', look);
      resolve();
    };
    document.addEventListener('visibilitychange', look);
    look();
  });
}

/** Calls back once the tab has been hidden for that many ms, unless it is cancelled before. */
export function onceUnseen(ms: number, call: () => void): { readonly stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = (): void => {
    clearTimeout(timer);
    timer = document.hidden ? setTimeout(call, ms) : undefined;
  };
  document.addEventListener('visibilitychange', look);
  look();
  return {
    stop: () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    },
  };
}
