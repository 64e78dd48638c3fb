import type { Db, Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { IdentityCheckId, IdentityDocumentId, PartnerId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { KeyRing } from '../keys/ring.ts'
import type { IdentityCheck, IdentityDetails, IdentityDocument } from './identity.ts'
import { selectCheck, selectContent, selectDocuments, selectLatest } from './identity.sql.ts'

/** What a partner has submitted last; undefined: nothing yet. */
export async function findLatestIdentity(db: Db, partnerId: PartnerId): Promise<IdentityCheck | undefined> {
  return selectLatest(db, partnerId)
}

/** Whether it was proven who is behind an account. */
export async function isIdentityApproved(db: Db, partnerId: PartnerId): Promise<boolean> {
  return (await selectLatest(db, partnerId))?.state === 'approved'
}

/** All that was submitted but the documents' contents; that it was looked at is written down. Throws Failure identity_not_found. */
export async function openIdentity(
  tx: Tx,
  keyRing: KeyRing,
  command: { readonly id: IdentityCheckId; readonly actor: string },
): Promise<{
  readonly check: IdentityCheck
  readonly details: IdentityDetails
  readonly documents: readonly IdentityDocument[]
}> {
  const { id, actor } = command
  const found = await selectCheck(tx, id)
  if (found === undefined) throw new Failure('identity_not_found')
  const { details: sealed, ...check } = found
  await recordAudit(tx, { actor, action: 'identity.opened', partnerId: check.partnerId, subject: id })
  const details = JSON.parse(await keyRing.open(sealed, id)) as IdentityDetails // Written by submitIdentity alone.
  return { check, details, documents: await selectDocuments(tx, id) }
}

/** A document's content; that it was looked at is written down. Throws Failure identity_not_found. */
export async function openDocument(
  tx: Tx,
  keyRing: KeyRing,
  command: { readonly id: IdentityDocumentId; readonly actor: string },
): Promise<IdentityDocument & { readonly content: Buffer }> {
  const { id, actor } = command
  const found = await selectContent(tx, id)
  if (found === undefined) throw new Failure('identity_not_found')
  const { partnerId, ciphertext, dataKeyId, ...document } = found
  await recordAudit(tx, { actor, action: 'identity.document_opened', partnerId, subject: id })
  const content = Buffer.from(await keyRing.open({ ciphertext, dataKeyId }, id), 'base64')
  return { ...document, content }
}
