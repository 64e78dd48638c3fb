import type { DataKeyId, PartnerId } from '../../values/ids.ts'

/** A text under a data key: what is stored of a secret. */
export type Sealed = { readonly dataKeyId: DataKeyId; readonly ciphertext: Buffer }

/** A text to seal, and the id of the row that will own it. */
type Secret = { readonly plaintext: string; readonly context: string }

/** A `Tx`, which is the only thing that says so of itself; a file of nouns knows no database. */
type Transaction = { readonly isTransaction: true }

/**
 * The data keys of this installation, unwrapped in memory. Each secret is bound to a context (the id of the row that owns it):
 * moved to another row, it does not open.
 */
export type KeyRing = {
  /** Seals under the house's current stock key. */
  sealForStock(plaintext: string, context: string): Sealed
  /**
   * Seals under the partner's current key, which is made if there is none. Inside a transaction, pass it: the partner itself may
   * have been made there, and nothing in a transaction waits for another connection.
   */
  sealForPartner(partnerId: PartnerId, plaintext: string, context: string, tx?: Transaction): Promise<Sealed>
  /** The same for many secrets at once, in their order. */
  sealManyForPartner(partnerId: PartnerId, secrets: readonly Secret[], tx?: Transaction): Promise<Sealed[]>
  /** Opens what was sealed; the key is loaded if this process has not met it. Throws if the context is another's. */
  open(sealed: Sealed, context: string): Promise<string>
  /** The keyed hash by which a code is recognised whenever it comes again: 128 bits of HMAC-SHA-256, as a UUID text. */
  fingerprint(...parts: readonly string[]): string
}
