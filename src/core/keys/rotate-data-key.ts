import { violatedConstraint } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { DataKeyId, PartnerId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { findCurrentKey, retireCurrentKey } from './keys.sql.ts'
import { currentKey } from './store-key.ts'
import type { MasterKeys } from './wrap-key.ts'

/**
 * Gives a partner, or the stock, a new data key. What is sealed from now on is under it; what was sealed before stays under its
 * former key and opens as ever. Processes take a partner's new key at once and the stock's half a minute later at the latest use. Throws Failure
 * partner_not_found.
 *
 * @returns the new key's id
 */
export async function rotateDataKey(
  tx: Tx,
  masters: MasterKeys,
  command: { readonly owner: PartnerId | 'stock'; readonly actor: string },
): Promise<DataKeyId> {
  const partnerId = command.owner === 'stock' ? null : command.owner
  const purpose = partnerId === null ? 'stock' : 'partner'
  const former = await findCurrentKey(tx, partnerId, purpose)
  await retireCurrentKey(tx, partnerId, purpose)
  const { id } = await currentKey(tx, masters, partnerId, purpose).catch((error: unknown) => {
    if (violatedConstraint(error) === 'data_keys_partner_id_fkey') throw new Failure('partner_not_found')
    throw error
  })
  await recordAudit(tx, {
    actor: command.actor,
    action: 'data_key.rotated',
    partnerId: partnerId ?? undefined,
    subject: id,
    details: { purpose, from: former?.id },
  })
  return id
}
