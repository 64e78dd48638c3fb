import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { announcePartnerChange } from './announce-partner-change.ts'
import { isRateLimit, requestsPerMinuteMost } from './partner.ts'
import type { Partner } from './partner.ts'
import { lockPartner, updateRateLimit } from './partners.sql.ts'

/** Limits a partner's requests a minute; undefined takes the limit away. Throws Failure partner_not_found, validation_failed. */
export async function setRateLimit(
  tx: Tx,
  command: {
    readonly partnerId: PartnerId
    readonly requestsPerMinute: number | undefined
    readonly actor: string
  },
): Promise<Partner> {
  const { partnerId, requestsPerMinute, actor } = command
  if (!isRateLimit(requestsPerMinute)) {
    throw new Failure('validation_failed', {
      fields: [{ field: 'requests_per_minute', sentence: rateLimitSentence }],
    })
  }
  const former = await lockPartner(tx, partnerId)
  if (former === undefined) throw new Failure('partner_not_found')
  if (former.requestsPerMinute === requestsPerMinute) return former
  const partner = await updateRateLimit(tx, partnerId, requestsPerMinute)
  const details = { from: former.requestsPerMinute, to: requestsPerMinute }
  await recordAudit(tx, { actor, action: 'partner.rate_limit_set', partnerId, subject: partnerId, details })
  await announcePartnerChange(tx, partnerId)
  return partner
}

export const rateLimitSentence = `The rate limit must be a whole number from 1 to ${requestsPerMinuteMost}.`
