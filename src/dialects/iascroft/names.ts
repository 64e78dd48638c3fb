import { randomBytes } from 'node:crypto'
import { sha256 } from '../../platform/secrets.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { Names } from './mapping/purchases.ts'

/**
 * What a purchase is called. Its external id follows from its reference, so the order itself keeps a reference from being used twice, and is
 * found by it. A reference that is not given follows from the idempotency key, if there is one: a repeat finds the order of the first call
 * even where that call's answer was never stored, or was forgotten since.
 *
 * A repeat is the same request under the same key. Without a key no call repeats another: each has a request key of its own.
 *
 * @param request what is asked for, as one text
 */
export function namesOf(
  partnerId: PartnerId,
  given: { readonly reference: string | undefined; readonly key: string | undefined },
  request: string,
): Names {
  const { key } = given
  const reference = given.reference ?? (key === undefined ? freshReference() : referenceOf(partnerId, key))
  const identity = key ?? randomBytes(16).toString('hex')
  return {
    reference,
    externalId: externalIdOf(reference),
    requestKey: sha256(JSON.stringify([key === undefined ? 'once' : 'key', identity, request])).toString(
      'hex',
    ),
  }
}

/** The external id of the order that has this reference. */
export function externalIdOf(reference: string): string {
  return `iascroft:${sha256(reference).toString('base64url')}`
}

function freshReference(): string {
  return toReference(randomBytes(20))
}

function referenceOf(partnerId: PartnerId, key: string): string {
  return toReference(sha256(`reference under a key/${partnerId}/${key}`))
}

/** `IAS-` and 20 letters and digits that are not taken for each other: 100 bits. */
function toReference(bytes: Buffer): string {
  return `IAS-${Array.from(bytes.subarray(0, 20), (byte) => alphabet[byte % alphabet.length]).join('')}`
}

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
