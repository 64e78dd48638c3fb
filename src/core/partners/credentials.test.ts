import { createSign } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { fundedWallet, newPartner, usd } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { sql } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { isSignedBy } from '../../platform/key-pairs.ts'
import { newSecretKey, sha256 } from '../../platform/secrets.ts'
import type { CredentialId, DataKeyId, PartnerId } from '../../values/ids.ts'
import { openKeyRing } from '../keys/open-key-ring.ts'
import { openWallet } from '../ledger/open-wallet.ts'
import { createCredential } from './create-credential.ts'
import type { CreateCredential } from './create-credential.ts'
import { createPartner } from './create-partner.ts'
import { listCredentials } from './list-credentials.ts'
import { openCallers } from './open-callers.ts'
import { revokeCredential } from './revoke-credential.ts'
import { rotateCredential } from './rotate-credential.ts'

const { database } = await createTestDatabase()
const keyRing = await openKeyRing(database, newSecretKey())

const create = (command: Partial<CreateCredential> & { readonly partnerId: PartnerId }) =>
  database.inTransaction((tx) =>
    createCredential(tx, keyRing, { dialect: 'test', label: 'Till 1', withSecret: true, ...command }),
  )

type Stored = {
  readonly token_hash: Buffer
  readonly secret: Buffer | null
  readonly data_key_id: DataKeyId
  readonly row: string
}

async function storedOf(id: CredentialId): Promise<Stored> {
  const [row] = await database.query<Stored>(sql`
    select token_hash, secret, data_key_id, to_jsonb(c)::text as row from credentials c where id = ${id}`)
  if (row === undefined) throw new Error('The credential is not stored.')
  return row
}

describe('a new credential', () => {
  test('is a token and a secret of 256 bits each, shown once: stored are a hash and a ciphertext', async () => {
    const { id: partnerId } = await newPartner(database)
    const { credentialId, token, secret } = await create({ partnerId })
    expect(token).toMatch(/^scrip_[A-Za-z0-9_-]{43}$/)
    expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/)
    const stored = await storedOf(credentialId)
    expect(stored.token_hash).toEqual(sha256(token))
    expect(
      await keyRing.open(
        { ciphertext: stored.secret ?? Buffer.alloc(0), dataKeyId: stored.data_key_id },
        credentialId,
      ),
    ).toBe(secret)
    const audited = await database.query<{ text: string }>(sql`
      select to_jsonb(a)::text as text from audit_log a where subject = ${credentialId}`)
    expect(audited).toHaveLength(1)
    for (const text of [stored.row, audited[0]?.text]) {
      expect(text).not.toContain(token.slice('scrip_'.length, -4))
      expect(text).not.toContain(secret)
    }
  })

  test('has no secret where none is wished, and its own prefix where one is', async () => {
    const { id: partnerId } = await newPartner(database)
    const { credentialId, token, secret } = await create({
      partnerId,
      withSecret: false,
      tokenPrefix: 'sk_test_',
    })
    expect(token).toMatch(/^sk_test_[A-Za-z0-9_-]{43}$/)
    expect(secret).toBeUndefined()
    expect((await storedOf(credentialId)).secret).toBeNull()
  })

  test('may have a key pair, of which we keep the public half alone; rotating makes another', async () => {
    const { id: partnerId } = await newPartner(database)
    const first = await create({ partnerId, withSecret: false, withKeyPair: true })
    expect(first).toMatchObject({ secret: undefined, noncePrefix: expect.stringMatching(/^\d{4}$/) })
    const second = await database.inTransaction((tx) =>
      rotateCredential(tx, keyRing, {
        partnerId,
        credentialId: first.credentialId,
        graceSeconds: 0,
        actor: 'ops',
      }),
    )
    expect(second.privateKey).not.toBe(first.privateKey)
    const [row] = await database.query<{ publicKey: Buffer; row: string }>(sql`
      select public_key as "publicKey", to_jsonb(c)::text as row from credentials c where id = ${second.credentialId}`)
    const signature = createSign('RSA-SHA256')
      .update('text')
      .sign(second.privateKey ?? '')
    expect(isSignedBy(row?.publicKey ?? Buffer.alloc(0), 'text', signature)).toBe(true)
    expect(row?.row).not.toContain('PRIVATE')
  })

  test('can be made in the transaction that makes its partner, and is gone with it', async () => {
    const make = (fails: boolean) =>
      database.inTransaction(async (tx) => {
        const partner = await createPartner(tx, { name: 'New', email: 'new@example.com' })
        await openWallet(tx, { partnerId: partner.id, currency: usd, isDefault: true })
        const issued = await createCredential(tx, keyRing, {
          partnerId: partner.id,
          dialect: 'test',
          label: '',
          withSecret: true,
        })
        if (fails) throw new Error('taken back')
        return issued
      })
    await expect(make(true)).rejects.toThrow('taken back')
    const callers = openCallers(database, keyRing)
    const { token, secret } = await make(false)
    expect((await callers.find('test', token, '192.0.2.1')).secret).toBe(secret)
    await callers.close()
  })

  test('is refused for an unknown partner', async () => {
    for (const withSecret of [true, false]) {
      await expect(create({ partnerId: newId<PartnerId>(), withSecret })).rejects.toMatchObject({
        code: 'partner_not_found',
      })
    }
  })

  test.each([
    ['allowed_addresses', { allowedAddresses: ['192.0.2.0/24', 'example.com'] }],
    ['allowed_addresses', { allowedAddresses: ['192.0.2.7/24'] }],
    ['allowed_addresses', { allowedAddresses: Array.from({ length: 101 }, () => '192.0.2.7') }],
    ['scopes', { scopes: ['orders read'] }],
    ['scopes', { scopes: [''] }],
    ['label', { label: 'x'.repeat(201) }],
    ['token_prefix', { tokenPrefix: '' }],
    ['token_prefix', { tokenPrefix: 'SK' }],
  ])('is refused for bad %s', async (field, command) => {
    const { id: partnerId } = await newPartner(database)
    await expect(create({ partnerId, ...command })).rejects.toMatchObject({
      code: 'validation_failed',
      fields: [{ field }],
    })
    expect((await listCredentials(database, partnerId, { limit: 10 })).rows).toEqual([])
  })
})

describe('the list of credentials', () => {
  test('tells which is which and not what they are', async () => {
    const { id: partnerId } = await newPartner(database)
    const expiresAt = new Date('2099-01-01T00:00:00Z')
    const { credentialId, token } = await create({
      partnerId,
      scopes: ['orders'],
      allowedAddresses: ['2001:DB8::1', '192.0.2.0/24'],
      expiresAt,
    })
    expect((await listCredentials(database, partnerId, { limit: 10 })).rows).toEqual([
      {
        id: credentialId,
        dialect: 'test',
        label: 'Till 1',
        tokenHint: `scrip_…${token.slice(-4)}`,
        hasSecret: true,
        tokenKept: false,
        hasKeyPair: false,
        scopes: ['orders'],
        allowedAddresses: ['2001:db8::1/128', '192.0.2.0/24'],
        createdAt: expect.any(Date),
        expiresAt,
        revokedAt: undefined,
      },
    ])
  })

  test('goes page by page, newest first, and shows only the partner’s own', async () => {
    const [{ id: partnerId }, { id: other }] = [await newPartner(database), await newPartner(database)]
    await create({ partnerId: other })
    const made: CredentialId[] = []
    for (let place = 0; place < 3; place += 1)
      made.unshift((await create({ partnerId, withSecret: false })).credentialId)
    const first = await listCredentials(database, partnerId, { limit: 2 })
    const second = await listCredentials(database, partnerId, { limit: 2, cursor: first.nextCursor })
    expect([...first.rows, ...second.rows].map(({ id }) => id)).toEqual(made)
    expect(
      (await listCredentials(database, partnerId, { limit: 2, cursor: second.previousCursor })).rows,
    ).toEqual(first.rows)
    await expect(
      listCredentials(database, other, { limit: 2, cursor: first.nextCursor }),
    ).rejects.toMatchObject({ code: 'validation_failed' })
  })
})

describe('rotating', () => {
  const rotate = (partnerId: PartnerId, credentialId: CredentialId, graceSeconds: number) =>
    database.inTransaction((tx) =>
      rotateCredential(tx, keyRing, { partnerId, credentialId, graceSeconds, actor: 'ops' }),
    )

  test('makes a new token and secret that may do what the old ones may, which work on through the grace', async () => {
    const { partnerId } = await fundedWallet(database, 0n)
    const old = await create({
      partnerId,
      scopes: ['orders'],
      allowedAddresses: ['192.0.2.0/24'],
      tokenPrefix: 'sk_live_',
    })
    const fresh = await rotate(partnerId, old.credentialId, 3_600)
    expect(fresh.token).toMatch(/^sk_live_/)
    expect([fresh.token === old.token, fresh.secret === old.secret]).toEqual([false, false])
    const callers = openCallers(database, keyRing)
    for (const { token, secret } of [old, fresh]) {
      expect(await callers.find('test', token, '192.0.2.1')).toMatchObject({ scopes: ['orders'], secret })
      await expect(callers.find('test', token, '198.51.100.1')).rejects.toMatchObject({
        code: 'address_not_allowed',
      })
    }
    await callers.close()
    const [, before] = (await listCredentials(database, partnerId, { limit: 10 })).rows
    const [clock] = await database.query<{ seconds: number }>(sql`
      select extract(epoch from ${before?.expiresAt}::timestamptz - now())::float8 as seconds`)
    expect(clock?.seconds).toBeGreaterThan(3_500)
    expect(clock?.seconds).toBeLessThanOrEqual(3_600)
  })

  test('without a grace ends the old one at once, and never makes it live longer', async () => {
    const { partnerId } = await fundedWallet(database, 0n)
    const old = await create({ partnerId })
    await rotate(partnerId, old.credentialId, 0)
    const callers = openCallers(database, keyRing)
    await expect(callers.find('test', old.token, '192.0.2.1')).rejects.toMatchObject({
      code: 'unauthenticated',
    })
    await callers.close()
    const expiresAt = new Date(Date.now() + 600_000)
    const short = await create({ partnerId, expiresAt })
    await rotate(partnerId, short.credentialId, 7_000_000)
    const listed = (await listCredentials(database, partnerId, { limit: 10 })).rows.find(
      ({ id }) => id === short.credentialId,
    )
    expect(listed?.expiresAt).toEqual(expiresAt)
  })

  test('is refused for what cannot be used any more, for another partner’s, and for a bad grace', async () => {
    const { id: partnerId } = await newPartner(database)
    const { id: other } = await newPartner(database)
    const [usable, revoked, expired] = [
      await create({ partnerId }),
      await create({ partnerId }),
      await create({ partnerId, expiresAt: new Date(0) }),
    ]
    await database.inTransaction((tx) =>
      revokeCredential(tx, { partnerId, credentialId: revoked.credentialId, actor: 'ops' }),
    )
    const gone = [revoked.credentialId, expired.credentialId, newId<CredentialId>()]
    for (const id of gone)
      await expect(rotate(partnerId, id, 0)).rejects.toMatchObject({ code: 'credential_not_found' })
    await expect(rotate(other, usable.credentialId, 0)).rejects.toMatchObject({
      code: 'credential_not_found',
    })
    for (const grace of [-1, Number.NaN, 7_776_001]) {
      await expect(rotate(partnerId, usable.credentialId, grace)).rejects.toMatchObject({
        code: 'validation_failed',
      })
    }
  })
})

test('revoking ends a credential once, is audited once, and is refused for what is not there', async () => {
  const { id: partnerId } = await newPartner(database)
  const { id: other } = await newPartner(database)
  const { credentialId } = await create({ partnerId })
  const revoke = (owner: PartnerId, id: CredentialId) =>
    database.inTransaction((tx) => revokeCredential(tx, { partnerId: owner, credentialId: id, actor: 'ops' }))
  await expect(revoke(other, credentialId)).rejects.toMatchObject({ code: 'credential_not_found' })
  await expect(revoke(partnerId, newId<CredentialId>())).rejects.toMatchObject({
    code: 'credential_not_found',
  })
  await revoke(partnerId, credentialId)
  await revoke(partnerId, credentialId)
  const [credential] = (await listCredentials(database, partnerId, { limit: 10 })).rows
  expect(credential?.revokedAt).toBeInstanceOf(Date)
  const audited = await database.query(sql`
    select actor, partner_id from audit_log where subject = ${credentialId} and action = 'credential.revoked'`)
  expect(audited).toEqual([{ actor: 'ops', partner_id: partnerId }])
})
