/** A table's row by a name from outside: each object has `constructor` and `__proto__`, which are no rows. */
export const rowOf = <Row>(table: Readonly<Record<string, Row>>, name: string): Row | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
