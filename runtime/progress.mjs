/** ms until a log hears that work still goes on, and twice as long each time after that. */
const FIRST = 5_000;

/**
 * Says what takes long and how long it took. On a terminal the seconds run; a log gets a line now and then, further and
 * further apart. `work` is given a function for saying how far it is.
 */
export async function withProgress(title, work) {
  const start = performance.now();
  const seconds = (digits) => ((performance.now() - start) / 1000).toFixed(digits);
  const { isTTY } = process.stdout;
  let newest = '';
  const soFar = () => `${seconds(0)} s${newest && `, ${newest}`}`;
  console.log(`${title} …`);
  const ticking = isTTY
    ? every(1000, () => process.stdout.write(`\r${soFar()}`))
    : everRarer(FIRST, () => console.log(`… ${soFar()}`));
  const clear = isTTY ? '\r\u001B[K' : '';
  try {
    await work((words) => (newest = words));
    console.log(`${clear}Done in ${seconds(1)} s.`);
  } catch (error) {
    if (isTTY) console.log();
    throw error;
  } finally {
    ticking.end();
  }
}

function every(ms, tell) {
  const timer = setInterval(tell, ms);
  return { end: () => clearInterval(timer) };
}

function everRarer(ms, tell) {
  let timer;
  const next = (pause, wait) => {
    timer = setTimeout(() => {
      tell();
      next(2 * pause, pause);
    }, wait);
  };
  next(ms, ms);
  return { end: () => clearTimeout(timer) };
}
