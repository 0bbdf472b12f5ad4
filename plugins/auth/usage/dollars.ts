/** of a dollar: amounts are added up exactly */
export const NANO = 1e9;

/** @returns null: no price is known, which is not the same as nothing */
export const dollarsOf = (nano: number, unpriced: number): number | null =>
  nano === 0 && unpriced > 0 ? null : nano / NANO;
