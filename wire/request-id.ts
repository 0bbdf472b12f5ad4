let counter = 0;
const prefix = `${Date.now().toString(36)}${Math.floor(Math.random() * 36 ** 4)
  .toString(36)
  .padStart(4, '0')}`;

/** Short, unique over restarts, and a counter's price. */
export function requestId(): string {
  counter = (counter + 1) % 0x7fffffff;
  return `req_${prefix}${counter.toString(36).padStart(6, '0')}`;
}
