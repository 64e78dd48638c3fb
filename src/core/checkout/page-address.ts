import { equalInConstantTime } from '../../platform/secrets.ts'
import type { CheckoutId } from '../../values/ids.ts'
import type { KeyRing } from '../keys/ring.ts'
import type { Checkout } from './checkout.ts'

/**
 * The address of an order's page: whoever has it may pay, on any device. What lets one in is a keyed hash of the order's id, 128 bits that
 * nobody guesses and that are stored nowhere.
 */
export function pageAddressOf(keyRing: KeyRing, { pageUrl, id }: Pick<Checkout, 'pageUrl' | 'id'>): string {
  const url = new URL(pageUrl)
  url.searchParams.set('order', id)
  url.searchParams.set('key', pageKeyOf(keyRing, id))
  return url.href
}

/** What lets one in, as a UUID text. */
export function pageKeyOf(keyRing: KeyRing, id: CheckoutId): string {
  return keyRing.fingerprint('checkout page', id)
}

/** Compared in a time that tells nothing. */
export function isPageKey(keyRing: KeyRing, id: CheckoutId, given: string): boolean {
  return equalInConstantTime(Buffer.from(pageKeyOf(keyRing, id)), Buffer.from(given))
}
