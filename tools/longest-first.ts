import { BaseSequencer } from 'vitest/node'
import type { TestSpecification } from 'vitest/node'

/**
 * Starts the journeys first: they are minutes of waiting and killing, and what is short fills the gaps between them. A file that runs for minutes
 * and is started last keeps everybody waiting.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.toSorted((a, b) => rankOf(a) - rankOf(b))
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const place = longest.findIndex((name) => moduleId.endsWith(`/test/journeys/${name}.test.ts`))
  if (place >= 0) return place
  return moduleId.includes('/test/journeys/') ? longest.length : longest.length + 1
}

const longest = ['two-scrips', 'chaos', 'portal', 'abuse']
