import { violatedConstraint } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { isDay } from '../../values/day.ts'
import { Failure } from '../../values/failure.ts'
import type { IdentityCheckId, IdentityDocumentId, PartnerId } from '../../values/ids.ts'
import { isStorableJson } from '../../values/json.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { KeyRing } from '../keys/ring.ts'
import { documentBytesMost, documentsMost, mediaTypeOf } from './identity.ts'
import type { IdentityCheck, IdentityDetails } from './identity.ts'
import { insertCheck, insertDocument } from './identity.sql.ts'

export type SubmitIdentity = Pick<IdentityCheck, 'partnerId' | 'kind' | 'legalName'> & {
  readonly details: IdentityDetails
  /** 1 to 10 files, at most 5 MiB each: PDF, PNG or JPEG by their content. */
  readonly documents: readonly { readonly name: string; readonly content: Buffer }[]
  readonly actor: string
}

/**
 * Submits who is behind an account, with documents that show it; an operator approves or rejects it. Details and documents are sealed under the
 * partner's key. Who was rejected may submit again.
 * Throws Failure partner_not_found, already_exists (one is submitted or approved), validation_failed.
 */
export async function submitIdentity(
  tx: Tx,
  keyRing: KeyRing,
  command: SubmitIdentity,
): Promise<IdentityCheckId> {
  const { partnerId, kind, legalName, details, documents, actor } = command
  const problem = problemOf(command)
  if (problem !== undefined) throw new Failure('validation_failed', { fields: [problem] })
  const id = newId<IdentityCheckId>()
  const sealed = await keyRing.sealForPartner(partnerId, JSON.stringify(details), id, tx)
  const row = { partnerId, id, kind, legalName, submittedBy: actor, details: sealed }
  await insertCheck(tx, row).catch((error: unknown) => {
    throw violatedConstraint(error) === 'identity_checks_open'
      ? new Failure('already_exists', { cause: error })
      : error
  })
  for (const document of documents) await storeDocument(tx, keyRing, { partnerId, checkId: id }, document)
  const told = { kind, legalName, documents: documents.length }
  await recordAudit(tx, { actor, action: 'identity.submitted', partnerId, subject: id, details: told })
  return id
}

async function storeDocument(
  tx: Tx,
  keyRing: KeyRing,
  owner: { readonly partnerId: PartnerId; readonly checkId: IdentityCheckId },
  { name, content }: { readonly name: string; readonly content: Buffer },
): Promise<void> {
  const id = newId<IdentityDocumentId>()
  const mediaType = mediaTypeOf(content)
  if (mediaType === undefined) throw new Error('A document whose type was checked has one.')
  const sealed = await keyRing.sealForPartner(owner.partnerId, content.toString('base64'), id, tx)
  await insertDocument(tx, { ...owner, id, name, mediaType, sizeBytes: content.length, content: sealed })
}

type Problem = { readonly field: string; readonly sentence: string }

function problemOf({ legalName, details, documents }: SubmitIdentity): Problem | undefined {
  if (!isText(legalName, 1, 200))
    return { field: 'legal_name', sentence: 'The legal name must be 1 to 200 characters of text.' }
  if (!isText(details.officerName, 1, 200))
    return { field: 'officer_name', sentence: 'The officer’s name must be 1 to 200 characters of text.' }
  if (!/^[A-Z]{2}$/.test(details.country))
    return { field: 'country', sentence: 'The country must be a code of two letters, such as NG.' }
  if (details.officerBirthDate !== '' && !isDay(details.officerBirthDate))
    return { field: 'officer_birth_date', sentence: 'The date must be a day such as 1990-01-31.' }
  if (!isText(details.registrationNumber, 0, 100) || !isText(details.address, 0, 500))
    return { field: 'details', sentence: 'The registration number or the address is too long, or no text.' }
  if (documents.length === 0 || documents.length > documentsMost)
    return { field: 'documents', sentence: `There must be 1 to ${documentsMost} documents.` }
  for (const [place, { name, content }] of documents.entries()) {
    const field = `documents[${place}]`
    if (!isText(name, 1, 200)) return { field, sentence: 'Its name must be 1 to 200 characters of text.' }
    if (content.length > documentBytesMost) return { field, sentence: 'It must be at most 5 MiB.' }
    if (mediaTypeOf(content) === undefined) return { field, sentence: 'It must be a PDF, PNG or JPEG file.' }
  }
  return undefined
}

function isText(text: string, least: number, most: number): boolean {
  return text.trim().length >= least && text.length <= most && isStorableJson(text)
}
