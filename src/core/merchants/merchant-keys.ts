import type { Db, Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { newToken, sha256 } from '../../platform/secrets.ts'
import { Failure } from '../../values/failure.ts'
import type { CredentialId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { findMerchant } from './find-merchant.ts'
import type { Merchant, MerchantCredential } from './merchant.ts'
import {
  insertMerchantCredential,
  selectByToken,
  selectMerchantCredentials,
  updateCredentialRevoked,
} from './merchants.sql.ts'

/**
 * Makes a token of 256 random bits for a merchant's own systems. It is in the answer and never again: only its SHA-256 is stored.
 * Throws Failure merchant_not_found, validation_failed.
 */
export async function createMerchantKey(
  tx: Tx,
  command: { readonly merchant: string; readonly label: string; readonly actor: string },
): Promise<{ readonly id: string; readonly token: string }> {
  const { label, actor } = command
  if (label.length > 200 || !label.isWellFormed() || /\p{Cc}/u.test(label)) {
    const sentence = 'The label must be at most 200 characters of one line.'
    throw new Failure('validation_failed', { fields: [{ field: 'label', sentence }] })
  }
  const merchant = await findMerchant(tx, command.merchant)
  const token = newToken(prefix)
  const id = newId<CredentialId>()
  const tokenHint = `${prefix}…${token.slice(-4)}`
  await insertMerchantCredential(tx, {
    merchantId: merchant.id,
    id,
    tokenHash: sha256(token),
    tokenHint,
    label,
  })
  const details = { merchant: merchant.code, label, tokenHint }
  await recordAudit(tx, { actor, action: 'merchant_key.created', subject: id, details })
  return { id, token }
}

/** A merchant's keys, the newest first; revoked ones too. Throws Failure merchant_not_found. */
export async function listMerchantKeys(db: Db, merchant: string): Promise<MerchantCredential[]> {
  const { id } = await findMerchant(db, merchant)
  return selectMerchantCredentials(db, id, keysMost)
}

/** From now on nobody is let in by it. Throws Failure credential_not_found. */
export async function revokeMerchantKey(
  tx: Tx,
  command: { readonly id: string; readonly actor: string },
): Promise<void> {
  const merchantId = await updateCredentialRevoked(tx, command.id)
  if (merchantId === undefined) throw new Failure('credential_not_found')
  const { actor, id: subject } = command
  await recordAudit(tx, { actor, action: 'merchant_key.revoked', subject, details: { merchantId } })
}

/** The active merchant whose token this is. Throws Failure unauthenticated. */
export async function findMerchantByKey(db: Db, token: string): Promise<Merchant> {
  const merchant = token.length > 512 ? undefined : await selectByToken(db, sha256(token))
  if (merchant === undefined) throw new Failure('unauthenticated')
  return merchant
}

const prefix = 'merchant_'
const keysMost = 1_000
