import type { Database } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { EndpointId, PartnerId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { notifyDue, restartDeliveries, selectEnded, selectNow } from './deliveries.sql.ts'
import type { EndedRow } from './deliveries.sql.ts'
import { findEndpoint } from './find-endpoint.ts'

export type ReplaySince = {
  readonly partnerId: PartnerId
  readonly endpointId: EndpointId
  /** Of events that happened then or later. */
  readonly since: Date
  /** Also what arrived; by default only what failed. */
  readonly includeDelivered: boolean
  readonly actor: string
}

/**
 * Sends all that failed since an instant again, the oldest first. It goes lot by lot, each in a transaction of its own, and up to what
 * had happened when it began; at most 100,000 events, and `isComplete` tells whether there were more.
 * Throws Failure endpoint_not_found, endpoint_disabled.
 */
export async function replaySince(
  database: Database,
  command: ReplaySince,
): Promise<{ readonly replayed: number; readonly isComplete: boolean }> {
  const { partnerId, endpointId, since, includeDelivered, actor } = command
  const { state } = await findEndpoint(database, partnerId, endpointId)
  if (state === 'disabled') throw new Failure('endpoint_disabled')
  const states = includeDelivered ? (['failed', 'delivered'] as const) : (['failed'] as const)
  const span = { from: since, to: await selectNow(database), states }
  let replayed = 0
  let after: EndedRow | undefined
  for (let lot = 0; lot < lotsMost; lot += 1) {
    const rows = await database.inTransaction(async (tx) => {
      const found = await selectEnded(tx, command, span, after, lotSize)
      if (found.length === 0) return found
      const eventIds = found.map((row) => row.eventId)
      replayed += await restartDeliveries(tx, command, eventIds)
      const details = { since, includeDelivered, events: found.length }
      await recordAudit(tx, { actor, action: 'webhook.replayed', partnerId, subject: endpointId, details })
      await notifyDue(tx)
      return found
    })
    if (rows.length < lotSize) return { replayed, isComplete: true }
    after = rows.at(-1)
  }
  return { replayed, isComplete: false }
}

const lotSize = 500
const lotsMost = 200
