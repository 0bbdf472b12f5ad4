/** What is worked out once for each, and forgotten with it. */
export function memoize<Key extends WeakKey, Value>(workOut: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, Value>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) known.set(key, (value = workOut(key)));
    return value;
  };
}
