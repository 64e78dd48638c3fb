import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { Partner } from './partner.ts'
import { selectPartners } from './partners.sql.ts'

/**
 * The partner with this id, number or e-mail address (in any case). Throws Failure partner_not_found, and validation_failed when
 * several partners share the address.
 */
export async function findPartner(
  db: Db,
  by: { readonly id: PartnerId } | { readonly number: bigint } | { readonly email: string },
): Promise<Partner> {
  const [partner, another] = await selectPartners(db, by)
  if (partner === undefined) throw new Failure('partner_not_found')
  if (another === undefined) return partner
  const sentence = 'Several partners have this e-mail address; name the one you mean by its id or number.'
  throw new Failure('validation_failed', { fields: [{ field: 'email', sentence }] })
}
