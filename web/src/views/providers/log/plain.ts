// oxlint-disable-next-line no-control-regex -- control sequences of terminals (ECMA-48, 5.4)
const CONTROL = /\u001b\[[0-?]*[ -/]*[@-~]/g;

/** A line without terminal control sequences: colours, mostly. */
export const plain = (line: string): string => line.replace(CONTROL, '');
