import { rmSync } from 'node:fs'
import { recoverEmbeddedPostgres } from './embedded-postgres.ts'
import { EmbeddedPostgresError, messageOf } from './embedded-postgres/error.ts'
import { findPlace } from './embedded-postgres/place.ts'
import { replaySettings } from './embedded-postgres/restore.ts'
import type { ReplayPlan } from './embedded-postgres/restore.ts'

export type Replay = ReplayPlan & {
  readonly dataDir: string
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
  let segments = 0
  let last: string | undefined
  try {
    await recoverEmbeddedPostgres(replay.dataDir, replaySettings(replay), (line) => {
      if (/restored log file/.test(line)) replay.onSegment((segments += 1))
      last = /last completed transaction was at log time (.+)$/.exec(line)?.[1] ?? last
    })
    // PostgreSQL's own spelling, in UTC: "2027-01-31 12:00:00.123456+00".
    return last === undefined ? undefined : new Date(last)
  } catch (error) {
    const cluster = findPlace(replay.dataDir)?.cluster
    if (cluster !== undefined) rmSync(cluster, { recursive: true, force: true })
    if (/recovery ended before configured recovery target was reached/.test(messageOf(error)))
      throw new EmbeddedPostgresError(
        `The archive ends before ${replay.until?.toISOString()}, or has a gap before it: nothing that was committed later is in ${replay.archive}. Restore without --until to get all that is there.`,
        { cause: error },
      )
    throw error
  }
}
