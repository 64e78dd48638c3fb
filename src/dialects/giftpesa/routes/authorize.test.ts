import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { encryptFor, stampOf } from '../../../../test/giftpesa-sign-in.ts'
import { createGiftpesaWorld } from '../../../../test/giftpesa-world.ts'
import type { GiftpesaAnswer } from '../../../../test/giftpesa-world.ts'
import { createCredential } from '../../../core/partners/create-credential.ts'
import { revokeCredential } from '../../../core/partners/revoke-credential.ts'
import { setPartnerStatus } from '../../../core/partners/set-partner-status.ts'
import { sql } from '../../../platform/database.ts'

const world = await createGiftpesaWorld()
const { database, keyRing } = world.app.services

const tokenOf = ({ json }: GiftpesaAnswer): string => (json as { Token: string }).Token

test('an encrypted key gives a token for an hour, which opens the other calls', async () => {
  const company = await world.company(100n)
  const answer = await company.authorize()
  expect(answer.status).toBe(200)
  const token = tokenOf(answer)
  expect(answer.json).toEqual({ Token: token, access_token: token, ExpiresIn: 3_600, TokenType: 'Bearer' })
  const merchants = await company.call('GET', '/merchants', undefined, { authorization: `Bearer ${token}` })
  expect(merchants.status).toBe(200)
  const rows = await database.query<{ row: string }>(sql`select c::text as row from credentials c`)
  for (const { row } of rows) expect(row).not.toContain(token)
})

test('the time may be that of Nairobi, or of the zone that the account has', async () => {
  const company = await world.company(100n)
  const inHours = (hours: number): string => stampOf(new Date(Date.now() + hours * 3_600_000))
  const { token } = company.credential
  expect((await company.authorize({ text: `${token}:${inHours(3)}` })).status).toBe(200)
  expect((await company.authorize({ text: `${token}:${inHours(9)}` })).status).toBe(401)
  await database.query(sql`update partners set time_zone = 'Asia/Tokyo' where id = ${company.partnerId}`)
  expect((await company.authorize({ text: `${token}:${inHours(9)}` })).status).toBe(200)
  expect((await company.authorize({ text: `${token}:${inHours(3)}` })).status).toBe(401)
})

describe('whatever is wrong is one and the same 401', () => {
  const minutes = (count: number): string => stampOf(new Date(Date.now() + count * 60_000))
  test('in every word', async () => {
    const company = await world.company(100n)
    const other = await world.company(100n)
    const { token, encryptionKey = '' } = company.credential
    const wrong: GiftpesaAnswer[] = [
      await company.authorize({ username: 'nobody' }),
      await company.authorize({ username: '' }),
      await company.authorize({ username: other.credential.username ?? '' }),
      await company.authorize({ text: `${other.credential.token}:${minutes(0)}` }),
      await company.authorize({ text: `${token}:${minutes(-6)}` }),
      await company.authorize({ text: `${token}:${minutes(6)}` }),
      await company.authorize({ text: `${token}:20261301000000` }),
      await company.authorize({ text: token }),
      await company.authorize({ text: '' }),
      await company.authorize({ key: other.credential.encryptionKey ?? '' }),
      await company.authorize({ basic: randomBytes(256).toString('base64') }),
      await company.authorize({ basic: Buffer.alloc(256, 255).toString('base64') }),
      await company.authorize({ basic: 'AAAA' }),
      await company.authorize({ basic: '%%%' }),
      await company.call('GET', '/authorize', undefined, { username: company.credential.username ?? '' }),
    ]
    for (const answer of wrong) {
      expect(answer.status).toBe(401)
      expect(answer.json).toEqual(wrong[0]?.json)
    }
    expect(wrong[0]?.json).toEqual({ Error: { Code: 401, Message: 'Invalid API Key / Access Token.' } })
    // And what is right still is.
    expect(
      (await company.authorize({ basic: encryptFor(encryptionKey, `${token}:${minutes(4)}`) })).status,
    ).toBe(200)
  })

  test('a closed account, and an address that the key may not be used from', async () => {
    const company = await world.company(100n)
    const { partnerId } = company
    const order = {
      partnerId,
      dialect: 'giftpesa',
      label: '',
      withSecret: false,
      withEncryption: true,
      allowedAddresses: ['192.0.2.1'],
    }
    const elsewhere = await database.inTransaction((tx) => createCredential(tx, keyRing, order))
    const { username = '', encryptionKey = '', token } = elsewhere
    const text = `${token}:${minutes(0)}`
    expect((await company.authorize({ username, key: encryptionKey, text })).status).toBe(401)
    await database.inTransaction((tx) =>
      setPartnerStatus(tx, { partnerId, status: 'suspended', actor: 'test' }),
    )
    expect((await company.authorize()).status).toBe(401)
  })
})

test('a ciphertext is good for one token, however many send it at once', async () => {
  const company = await world.company(100n)
  const basic = encryptFor(
    company.credential.encryptionKey ?? '',
    `${company.credential.token}:${stampOf(new Date())}`,
  )
  const answers = await Promise.all(Array.from({ length: 8 }, () => company.authorize({ basic })))
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
    200,
    ...Array.from({ length: 7 }, () => 401),
  ])
})

test('tokens die with their key, and after their hour', async () => {
  const company = await world.company(100n)
  const token = tokenOf(await company.authorize())
  const get = () => company.call('GET', '/merchants', undefined, { authorization: `Bearer ${token}` })
  expect((await get()).status).toBe(200)
  const { partnerId, credential } = company
  await database.inTransaction((tx) =>
    revokeCredential(tx, { partnerId, credentialId: credential.credentialId, actor: 'test' }),
  )
  await expect.poll(async () => (await get()).status).toBe(401)
  const other = await world.company(100n)
  await database.query(
    sql`update credentials set expires_at = now() where partner_id = ${other.partnerId} and parent_id is not null`,
  )
  const answer = await other.get('/merchants')
  expect(answer.status).toBe(401)
})

test('the API key itself opens nothing', async () => {
  const company = await world.company(100n)
  const answer = await company.call('GET', '/merchants', undefined, {
    authorization: `Bearer ${company.credential.token}`,
  })
  expect(answer.status).toBe(401)
})

test('tries are limited per user and address', async () => {
  const company = await world.company(100n)
  const statuses: number[] = []
  for (let tries = 0; tries < 22; tries += 1)
    statuses.push((await company.authorize({ basic: 'AAAA' })).status)
  expect(statuses).toContain(429)
  await database.query(sql`delete from sign_in_windows`)
})
