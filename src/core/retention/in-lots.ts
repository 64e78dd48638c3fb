/** How much a run takes at once, and how many times: what a full run leaves is for the next one. */
export type Lots = { readonly size: number; readonly most: number }

/**
 * Takes lot after lot, each a statement of its own, so that no lock is held for long, until one is not full or the run is.
 *
 * @param take given how many it may take, answers how many it took
 * @returns how many were taken in all
 */
export async function inLots(
  { size, most }: Lots,
  take: (limit: number) => Promise<number>,
): Promise<number> {
  let taken = 0
  for (let lot = 0; lot < most; lot += 1) {
    const count = await take(size)
    taken += count
    if (count < size) break
  }
  return taken
}
