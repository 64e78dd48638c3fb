import type { FastifyRequest } from 'fastify'
import type { Catalogue, Product } from '../../../core/catalogue/catalogue.ts'
import type { PayingWallet } from '../../../core/partners/partner.ts'
import { Failure } from '../../../values/failure.ts'
import type { PartnerId } from '../../../values/ids.ts'
import { toListing } from '../mapping/listing.ts'
import type { Listed, Listing } from '../mapping/listing.ts'

/** Who looks, and with which wallet: prices differ by both. */
export type Viewer = { readonly partnerId: PartnerId; readonly wallet: PayingWallet }

/** Throws Failure wallet_not_found. */
export function viewerOf({ caller }: FastifyRequest): Viewer {
  const wallet = caller.wallets.find(({ id }) => id === caller.defaultWallet.id)
  if (wallet === undefined) throw new Failure('wallet_not_found')
  return { partnerId: caller.partner.id, wallet }
}

/** The catalogue in this wire's words, made once for as long as its products stay the same. */
export function listingOf(catalogue: Catalogue): Listing {
  let listing = listings.get(catalogue.products)
  if (listing === undefined) {
    listing = toListing(catalogue)
    listings.set(catalogue.products, listing)
  }
  return listing
}

const listings = new WeakMap<readonly Product[], Listing>()

/** Throws Failure product_not_found, for what is no id, too. */
export function findListed(listing: Listing, id: string): Listed {
  const found = /^\d{1,15}$/.test(id) ? listing.byId.get(Number(id)) : undefined
  if (found === undefined) throw new Failure('product_not_found')
  return found
}
