/**
 * Processes that take a script's place one after the other, as the gateway does at a restart. Each hands the pipe on to the
 * next and tells there that one has come (`+PID`) or how one has ended (`-PID CODE`); it closes with the last.
 */
export function followSuccessors(pipe) {
  const living = new Set();
  let code = 1;
  let half = '';
  let followed = false;
  pipe.unref();
  pipe.setEncoding('utf8').on('data', (text) => {
    const lines = (half + text).split('\n');
    half = lines.pop();
    for (const line of lines) read(line);
  });
  const over = new Promise((resolve) => pipe.on('close', () => resolve({ code, signal: null })));

  function read(line) {
    const [, sign, pid, itsCode] = line.match(/^([+-])(\d+) ?(\d*)$/) ?? [];
    if (sign === '-') living.delete(Number(pid));
    if (sign === '-') code = Number(itsCode);
    if (sign !== '+') return;
    living.add(Number(pid));
    followed = true;
    pipe.ref();
  }

  return {
    /** how the last of them ended; undefined: there was none */
    over: () => (followed ? over : undefined),
    kill(signal) {
      for (const pid of living) {
        try {
          process.kill(pid, signal);
        } catch {
          // It has just ended.
        }
      }
    },
  };
}
