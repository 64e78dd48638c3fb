import { beforeAll, describe, expect, test } from 'vitest'
import { newPartner } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { openDatabase, sql } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { newSecretKey } from '../../platform/secrets.ts'
import type { IdentityCheckId, IdentityDocumentId, PartnerId } from '../../values/ids.ts'
import { openKeyRing } from '../keys/open-key-ring.ts'
import type { KeyRing } from '../keys/ring.ts'
import { approveIdentity, rejectIdentity } from './decide-identity.ts'
import { findLatestIdentity, isIdentityApproved, openDocument, openIdentity } from './find-identity.ts'
import { documentBytesMost, mediaTypeOf } from './identity.ts'
import { listIdentities } from './list-identities.ts'
import { submitIdentity } from './submit-identity.ts'
import type { SubmitIdentity } from './submit-identity.ts'

let database: Database
let url: string
let keyRing: KeyRing

beforeAll(async () => {
  const made = await createTestDatabase()
  database = made.database
  url = made.url
  keyRing = await openKeyRing(database, newSecretKey())
})

const pdf = Buffer.from('%PDF-1.7 the register says so')
const png = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3)
const details = {
  officerName: 'Ada Obi',
  officerBirthDate: '1990-01-31',
  registrationNumber: 'RC-4711',
  country: 'NG',
  address: '1 Marina',
}

function submit(partnerId: PartnerId, changes: Partial<SubmitIdentity> = {}): Promise<IdentityCheckId> {
  const order = {
    partnerId,
    kind: 'company' as const,
    legalName: 'Acme Ltd',
    details,
    documents: [
      { name: 'register.pdf', content: pdf },
      { name: 'card.png', content: png },
    ],
    actor: 'partner',
    ...changes,
  }
  return database.inTransaction((tx) => submitIdentity(tx, keyRing, order))
}

const approve = (id: IdentityCheckId, actor = 'ann', on: Database = database) =>
  on.inTransaction((tx) => approveIdentity(tx, { id, actor }))
const reject = (id: IdentityCheckId, actor = 'ann', reason = 'too old', on: Database = database) =>
  on.inTransaction((tx) => rejectIdentity(tx, { id, reason, actor }))

describe('who is behind an account', () => {
  test('is kept sealed, and each look at it and at a document is written down', async () => {
    const { id: partnerId } = await newPartner(database)
    const id = await submit(partnerId)
    const stored = await database.query<{ text: string }>(sql`
      select encode(details, 'escape') as text from identity_checks where id = ${id}
      union all select encode(content, 'escape') from identity_documents where check_id = ${id}`)
    for (const secret of ['Ada Obi', 'RC-4711', 'register says', pdf.toString('base64')])
      for (const { text } of stored) expect(text).not.toContain(secret)
    const open = () => database.inTransaction((tx) => openIdentity(tx, keyRing, { id, actor: 'ann' }))
    const found = await open()
    expect(found).toMatchObject({ details, check: { state: 'submitted', legalName: 'Acme Ltd' } })
    expect(found.documents.map(({ mediaType, sizeBytes }) => [mediaType, sizeBytes])).toEqual([
      ['application/pdf', pdf.length],
      ['image/png', png.length],
    ])
    const [first] = found.documents
    if (first === undefined) throw new Error('The document is lost.')
    const document = await database.inTransaction((tx) =>
      openDocument(tx, keyRing, { id: first.id, actor: 'ann' }),
    )
    expect(document.content.equals(pdf)).toBe(true)
    const audit = await database.query(
      sql`select action from audit_log where partner_id = ${partnerId} and actor = 'ann' order by id`,
    )
    expect(audit).toEqual([{ action: 'identity.opened' }, { action: 'identity.document_opened' }])
  })

  test('that is approved tells the partner, and cannot be submitted or decided again', async () => {
    const { id: partnerId } = await newPartner(database)
    const id = await submit(partnerId)
    expect(await isIdentityApproved(database, partnerId)).toBe(false)
    await expect(approve(id, 'partner')).rejects.toMatchObject({ code: 'second_person_required' })
    await approve(id)
    expect(await approve(id, 'bob')).toMatchObject({ repeated: true })
    await expect(reject(id)).rejects.toMatchObject({ code: 'decided_otherwise' })
    await expect(submit(partnerId)).rejects.toMatchObject({ code: 'already_exists' })
    expect(await isIdentityApproved(database, partnerId)).toBe(true)
    expect(await eventsOf(partnerId)).toEqual([{ type: 'kyc.approved', reason: '' }])
  })

  test('that is rejected tells why, and may be submitted again', async () => {
    const { id: partnerId } = await newPartner(database)
    const id = await submit(partnerId)
    await expect(submit(partnerId)).rejects.toMatchObject({ code: 'already_exists' })
    await expect(reject(id, 'ann', '')).rejects.toMatchObject({ code: 'validation_failed' })
    await reject(id)
    expect(await reject(id, 'bob')).toMatchObject({ repeated: true })
    await expect(approve(id)).rejects.toMatchObject({ code: 'decided_otherwise' })
    const second = await submit(partnerId)
    expect(await findLatestIdentity(database, partnerId)).toMatchObject({ id: second, state: 'submitted' })
    expect(await eventsOf(partnerId)).toEqual([{ type: 'kyc.rejected', reason: 'too old' }])
    const waiting = await listIdentities(database, 'submitted', { limit: 100 })
    expect(waiting.rows.map((one) => one.id)).toContain(second)
    expect(waiting.rows.map((one) => one.id)).not.toContain(id)
  })

  test('is decided by one of those who decide at once', async () => {
    const other = openDatabase({ url, role: 'scrip_app', poolSize: 8 })
    for (let trial = 0; trial < 10; trial += 1) {
      const { id: partnerId } = await newPartner(database)
      const id = await submit(partnerId)
      const outcomes = await Promise.allSettled([
        approve(id, 'ann'),
        reject(id, 'bob', 'no', other),
        approve(id, 'cid', other),
        reject(id, 'dan'),
      ])
      expect(outcomes.filter((one) => one.status === 'fulfilled' && !one.value.repeated)).toHaveLength(1)
      expect(await eventsOf(partnerId)).toHaveLength(1)
    }
    await other.close()
  })

  test.each<[string, Partial<SubmitIdentity>]>([
    ['no document', { documents: [] }],
    ['eleven documents', { documents: Array.from({ length: 11 }, () => ({ name: 'a.pdf', content: pdf })) }],
    ['a program that calls itself a PDF', { documents: [{ name: 'a.pdf', content: Buffer.from('MZ\x90') }] }],
    ['a web page', { documents: [{ name: 'a.png', content: Buffer.from('<script>') }] }],
    [
      'a file that is too large',
      { documents: [{ name: 'a.pdf', content: Buffer.concat([pdf, Buffer.alloc(documentBytesMost)]) }] },
    ],
    ['an empty file', { documents: [{ name: 'a.pdf', content: Buffer.alloc(0) }] }],
    ['a name with a NUL', { documents: [{ name: 'a\0.pdf', content: pdf }] }],
    ['no legal name', { legalName: ' ' }],
    ['no officer', { details: { ...details, officerName: '' } }],
    ['a country that is none', { details: { ...details, country: 'Nigeria' } }],
    ['a birth date that is none', { details: { ...details, officerBirthDate: 'May' } }],
    ['an address without end', { details: { ...details, address: 'x'.repeat(501) } }],
  ])('with %s is refused, and nothing is kept', async (_what, changes) => {
    const { id: partnerId } = await newPartner(database)
    await expect(submit(partnerId, changes)).rejects.toMatchObject({ code: 'validation_failed' })
    expect(await findLatestIdentity(database, partnerId)).toBeUndefined()
  })

  test('that nobody submitted cannot be decided or looked at', async () => {
    const nobody = newId<IdentityCheckId>()
    await expect(approve(nobody)).rejects.toMatchObject({ code: 'identity_not_found' })
    await expect(reject(nobody)).rejects.toMatchObject({ code: 'identity_not_found' })
    const open = database.inTransaction((tx) => openIdentity(tx, keyRing, { id: nobody, actor: 'ann' }))
    await expect(open).rejects.toMatchObject({ code: 'identity_not_found' })
    const document = newId<IdentityDocumentId>()
    await expect(
      database.inTransaction((tx) => openDocument(tx, keyRing, { id: document, actor: 'ann' })),
    ).rejects.toMatchObject({ code: 'identity_not_found' })
  })

  test('knows a JPEG by its content, too', () => {
    expect(mediaTypeOf(Buffer.of(0xff, 0xd8, 0xff, 0xe0))).toBe('image/jpeg')
  })

  function eventsOf(partnerId: PartnerId) {
    return database.query(
      sql`select type, details ->> 'reason' as reason from events where partner_id = ${partnerId} order by id`,
    )
  }
})
