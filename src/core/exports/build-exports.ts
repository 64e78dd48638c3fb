import { buildExport } from './build-export.ts'
import type { BuildParts } from './build-export.ts'
import { claimNext } from './exports.sql.ts'

/**
 * Makes the files of reports that wait for it, the oldest first. A claim keeps others away while it is new; who dies leaves it to the next one
 * then. One that cannot be made keeps no other back, and is tried a few times.
 *
 * @returns how many were made; a run that is full of them leaves the rest to the next one
 */
export async function buildExports(parts: BuildParts): Promise<number> {
  let made = 0
  const faults: unknown[] = []
  for (let count = 0; count < exportsMost; count += 1) {
    const asked = await claimNext(parts.database, triesMost, claimMinutes)
    if (asked === undefined) break
    try {
      if (await buildExport(parts, asked)) made += 1
    } catch (error) {
      faults.push(error)
    }
  }
  if (faults.length > 0) throw new AggregateError(faults, `${faults.length} reports could not be made.`)
  return made
}

const exportsMost = 100
const triesMost = 8
const claimMinutes = 10
