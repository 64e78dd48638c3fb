import type { Db } from '../../platform/database.ts'
import { channels } from './message.ts'
import { selectWaiting } from './messages.sql.ts'
import type { WaitingFigures } from './messages.sql.ts'

/** For each channel, how many messages wait for being sent and for how many seconds the oldest of them has waited. */
export async function countWaiting(db: Db): Promise<WaitingFigures[]> {
  const found = await selectWaiting(db)
  return channels.map(
    (channel) => found.find((one) => one.channel === channel) ?? { channel, waiting: 0, oldestSeconds: 0 },
  )
}
