/** The key of that number, which the load sends; the first is that of all loads. */
export const keyOf = (nth: number): string => (nth === 0 ? 'bench' : `bench-${nth}`);
