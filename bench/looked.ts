/** Asks a gateway that load/loop-delay.ts is in. @returns ms since `begin`: how long one turn of its loop was blocked, and worked, at most */
export async function looked(
  port: number,
  which: 'begin' | 'end',
): Promise<{ held: number; worked: number }> {
  const answer = await fetch(`http://127.0.0.1:${port}/${which}`);
  return (await answer.json()) as { held: number; worked: number };
}
