import { rmSync } from 'node:fs'
import { recoverEmbeddedPostgres } from './embedded-postgres.ts'
import { EmbeddedPostgresError, messageOf } from './embedded-postgres/error.ts'
import { findPlace } from './embedded-postgres/place.ts'
import { replaySettings } from './embedded-postgres/restore.ts'
import type { ReplayPlan } from './embedded-postgres/restore.ts'

export type Replay = ReplayPlan & {
  readonly dataDir: string
  /** What there is to replay, in its order: `checkArchive` has found it. */
  readonly segments: readonly string[]
  /** Called with how many segments were read so far. */
  readonly onSegment: (done: number) => void
}

/**
 * Brings a backup that was just put into `dataDir` up to date from its archive, and ends its recovery: from then on the database has a
 * history of its own. What could not be brought there is removed again. Answers when the last transaction that it has was committed;
 * undefined: none came after the backup.
 *
 * Throws EmbeddedPostgresError.
 */
export async function replayArchive(replay: Replay): Promise<Date | undefined> {
  const restored = new Set<string>()
  let last: string | undefined
  try {
    await recoverEmbeddedPostgres(replay.dataDir, replaySettings(replay), (line) => {
      const name = /restored log file "([0-9A-F]{24})"/.exec(line)?.[1]
      if (name !== undefined) replay.onSegment(restored.add(name).size)
      last = /last completed transaction was at log time (.+)$/.exec(line)?.[1] ?? last
    })
    requireAll(replay, restored)
    // PostgreSQL's own spelling, in UTC: "2027-01-31 12:00:00.123456+00".
    return last === undefined ? undefined : new Date(last)
  } catch (error) {
    const cluster = findPlace(replay.dataDir)?.cluster
    if (cluster !== undefined) rmSync(cluster, { recursive: true, force: true })
    if (/could not restore file "[0-9A-F]{24}" from archive/.test(messageOf(error)))
      throw new EmbeddedPostgresError(
        `A piece of the archive cannot be read, or is damaged: ${/could not restore file "([0-9A-F]{24})"/.exec(messageOf(error))?.[1] ?? ''}. Bring a good copy of it into ${replay.archive}; or restore to a moment before it with --until.`,
        { cause: error },
      )
    if (/recovery ended before configured recovery target was reached/.test(messageOf(error)))
      throw new EmbeddedPostgresError(
        `The archive ends before ${replay.until?.toISOString()}, or has a gap before it: nothing that was committed later is in ${replay.archive}. Restore without --until to get all that is there.`,
        { cause: error },
      )
    throw error
  }
}

/** PostgreSQL takes a piece that does not fit for the end of the log, and says nothing of those behind it. Throws EmbeddedPostgresError. */
function requireAll({ segments, until, archive }: Replay, restored: ReadonlySet<string>): void {
  const last = segments.at(-1)
  if (until !== undefined || last === undefined || restored.has(last)) return
  const reached = [...restored].toSorted().at(-1)
  throw new EmbeddedPostgresError(
    `The log in ${archive} could be followed ${reached === undefined ? 'nowhere' : `to ${reached} only`}, and there are pieces up to ${last}: one is damaged, or another database's. Bring a good copy of it; or restore to a moment before it with --until.`,
  )
}
