import type { IdentityCheckId, IdentityDocumentId, PartnerId } from '../../values/ids.ts'

export const identityStates = ['submitted', 'approved', 'rejected'] as const

export type IdentityState = (typeof identityStates)[number]

/** What is sealed of a proof of identity. */
export type IdentityDetails = {
  /** Who acts for a company, or the person. */
  readonly officerName: string
  /** "1990-01-31"; "" where it was not given. */
  readonly officerBirthDate: string
  /** A company's number in its register, or a person's document number. */
  readonly registrationNumber: string
  /** ISO 3166-1 alpha-2. */
  readonly country: string
  readonly address: string
}

/** Who is behind an account, as submitted, and what an operator made of it. */
export type IdentityCheck = {
  readonly partnerId: PartnerId
  readonly id: IdentityCheckId
  readonly kind: 'person' | 'company'
  readonly legalName: string
  readonly state: IdentityState
  readonly submittedBy: string
  readonly decidedBy: string | undefined
  /** Why it was rejected. */
  readonly reason: string
  readonly createdAt: Date
  readonly decidedAt: Date | undefined
}

export type MediaType = 'application/pdf' | 'image/png' | 'image/jpeg'

/** A document that came with it; its content is sealed. */
export type IdentityDocument = {
  readonly id: IdentityDocumentId
  readonly name: string
  readonly mediaType: MediaType
  readonly sizeBytes: number
}

/** What a file is by its first bytes, whatever its name says; undefined: none of what is taken. */
export function mediaTypeOf(start: Uint8Array): MediaType | undefined {
  const begins = (...bytes: readonly number[]): boolean => bytes.every((byte, place) => start[place] === byte)
  if (begins(0x25, 0x50, 0x44, 0x46, 0x2d)) return 'application/pdf'
  if (begins(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png'
  return begins(0xff, 0xd8, 0xff) ? 'image/jpeg' : undefined
}

export const documentsMost = 10
export const documentBytesMost = 5 * 1_048_576
