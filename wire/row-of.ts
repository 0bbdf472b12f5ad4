/** A table's row by an untrusted name: `constructor` and `__proto__` of each object are no rows. */
export const rowOf = <Row>(table: Readonly<Record<string, Row>>, name: string): Row | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
