import { describe, expect, test } from 'vitest'
import { newPartner } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { sql } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { CredentialId } from '../../values/ids.ts'
import { bindNonce } from './bind-nonce.ts'
import { findExternalId } from './find-external-id.ts'
import { forgetNonces } from './forget-nonces.ts'
import type { Nonce } from './nonce.ts'
import { refuseNonce } from './refuse-nonce.ts'
import { useNonce } from './use-nonce.ts'

const { database } = await createTestDatabase()
const { id: partnerId } = await newPartner(database)
const { id: otherPartner } = await newPartner(database)
const credentialId = newId<CredentialId>()
let made = 0

function freshNonce(): Nonce {
  made += 1
  return { partnerId, credentialId, nonce: `nonce${made}` }
}

describe('a nonce', () => {
  test('is accepted once per credential, however many use it at the same time', async () => {
    const nonce = freshNonce()
    const tries = await Promise.allSettled(Array.from({ length: 32 }, () => useNonce(database, nonce)))
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await expect(useNonce(database, nonce)).rejects.toMatchObject({ code: 'nonce_used' })
    await useNonce(database, { ...nonce, credentialId: newId<CredentialId>() })
    await useNonce(database, { ...nonce, partnerId: otherPartner })
  })

  test('finds the order it came with, for its partner only, and for another key of the partner', async () => {
    const nonce = freshNonce()
    await useNonce(database, nonce)
    expect(await findExternalId(database, partnerId, nonce)).toBeUndefined()
    await bindNonce(database, nonce, { externalId: 'E1', reference: 'R1' })
    const byReference = { reference: 'R1' }
    const byOtherKey = { nonce: nonce.nonce, credentialId: newId<CredentialId>() }
    for (const wanted of [nonce, byReference, byOtherKey]) {
      expect(await findExternalId(database, partnerId, wanted)).toBe('E1')
      expect(await findExternalId(database, otherPartner, wanted)).toBeUndefined()
    }
    await expect(bindNonce(database, nonce, { externalId: 'E2', reference: 'R2' })).rejects.toThrow()
  })

  test('whose order was refused finds nothing, and stays used', async () => {
    const nonce = freshNonce()
    await useNonce(database, nonce)
    await bindNonce(database, nonce, { externalId: 'E3', reference: 'R3' })
    await refuseNonce(database, nonce)
    expect(await findExternalId(database, partnerId, nonce)).toBeUndefined()
    expect(await findExternalId(database, partnerId, { reference: 'R3' })).toBeUndefined()
    await expect(useNonce(database, nonce)).rejects.toMatchObject({ code: 'nonce_used' })
  })

  test('is forgotten when it is old and made no order, and only then', async () => {
    const [plain, bound, young] = [freshNonce(), freshNonce(), freshNonce()]
    for (const nonce of [plain, bound, young]) await useNonce(database, nonce)
    await bindNonce(database, bound, { externalId: 'E4', reference: 'R4' })
    await database.query(
      sql`update nonces set used_at = now() - interval '401 days' where nonce in (${plain.nonce}, ${bound.nonce})`,
    )
    expect(await forgetNonces(database)).toBe(1)
    await useNonce(database, plain)
    for (const nonce of [bound, young])
      await expect(useNonce(database, nonce)).rejects.toMatchObject({ code: 'nonce_used' })
  })
})
