import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { announcePartnerChange } from './announce-partner-change.ts'
import { mayBecome } from './partner.ts'
import type { Partner, PartnerStatus } from './partner.ts'
import { lockPartner, updateStatus } from './partners.sql.ts'

/**
 * Suspends a partner, lets it back or closes it for good; its money stays where it is. Asked for the status that it has, nothing
 * happens. Throws Failure partner_not_found, and partner_inactive for a closed partner.
 */
export async function setPartnerStatus(
  tx: Tx,
  command: {
    readonly partnerId: PartnerId
    readonly status: PartnerStatus
    readonly actor: string
    readonly reason?: string | undefined
  },
): Promise<Partner> {
  const { partnerId, status, actor, reason } = command
  const former = await lockPartner(tx, partnerId)
  if (former === undefined) throw new Failure('partner_not_found')
  if (former.status === status) return former
  if (!mayBecome(former.status, status))
    throw new Failure('partner_inactive', { sentence: 'The account is closed for good.' })
  const partner = await updateStatus(tx, partnerId, status)
  const details = { from: former.status, to: status, reason }
  await recordAudit(tx, { actor, action: actions[status], partnerId, subject: partnerId, details })
  await announcePartnerChange(tx, partnerId)
  return partner
}

const actions = {
  active: 'partner.reactivated',
  suspended: 'partner.suspended',
  closed: 'partner.closed',
} as const satisfies Record<PartnerStatus, string>
