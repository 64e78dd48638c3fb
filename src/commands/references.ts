import { listWallets } from '../core/ledger/list-wallets.ts'
import type { Wallet } from '../core/ledger/ledger.ts'
import { findPartner } from '../core/partners/find-partner.ts'
import type { Partner } from '../core/partners/partner.ts'
import type { Db } from '../platform/database.ts'
import { Failure } from '../values/failure.ts'
import { parseId } from '../values/ids.ts'
import type { PartnerId } from '../values/ids.ts'
import { BadUsage, argument, text } from './params.ts'
import type { Reader } from './params.ts'

/** How a person names a partner: by its id, its number or its e-mail address. */
export type PartnerReference =
  | { readonly id: PartnerId }
  | { readonly number: bigint }
  | { readonly email: string }

export const partnerReference: Reader<PartnerReference> = (given) => {
  const id = parseId<PartnerId>(given)
  if (id !== undefined) return { id }
  if (/^\d{1,18}$/.test(given)) return { number: BigInt(given) }
  if (/^[^\s@]+@[^\s@]+$/.test(given)) return { email: given }
  throw new BadUsage("must be a partner's id, number or e-mail address")
}

/** The param that most commands about a partner begin with. */
export const partnerArgument = argument(
  '<partner>',
  "the partner's id, number or e-mail address",
  partnerReference,
)

export const walletArgument = argument('<wallet>', "the wallet's code, such as USD-1, or its id", text)

/** Throws Failure partner_not_found, wallet_not_found. */
export async function findWalletOf(
  db: Db,
  reference: PartnerReference,
  wallet: string,
): Promise<{ readonly partner: Partner; readonly wallet: Wallet }> {
  const partner = await findPartner(db, reference)
  const found = (await listWallets(db, partner.id)).find(
    (one) => one.code === wallet.toUpperCase() || one.id === wallet.toLowerCase(),
  )
  if (found === undefined)
    throw new Failure('wallet_not_found', { sentence: `${partner.name} has no wallet "${wallet}".` })
  return { partner, wallet: found }
}
