import { TOTP } from 'otpauth'
import { beforeAll, expect, test } from 'vitest'
import { startTestApp } from '../../../../test/app.ts'
import type { TestApp } from '../../../../test/app.ts'
import {
  callHouse,
  goodPassword,
  inAnswer,
  makePerson,
  problemOf,
  signInAs,
} from '../../../../test/people-world.ts'
import { createPartner } from '../../../core/partners/create-partner.ts'
import { setPartnerStatus } from '../../../core/partners/set-partner-status.ts'
import { requestReset } from '../../../core/users/choose-password.ts'
import { inviteUser } from '../../../core/users/invite-user.ts'
import { newSetupCode } from '../../../core/users/set-up-operator.ts'
import { sql } from '../../../platform/database.ts'
import type { PartnerId } from '../../../values/ids.ts'

let app: TestApp
let partnerId: PartnerId

beforeAll(async () => {
  app = await startTestApp()
  partnerId = await makePartner()
})

let partners = 0

async function makePartner(): Promise<PartnerId> {
  partners += 1
  const order = { name: `Company ${partners}`, email: `company-${partners}@example.com` }
  return (await app.services.database.inTransaction((tx) => createPartner(tx, order))).id
}

test('the first operator is made once, for the code that the server printed', async () => {
  expect(inAnswer(await callHouse(app.baseUrl, 'GET', '/setup'), 'needed')).toBe(true)
  const code = await newSetupCode(app.services.database)
  const body = { name: 'Ada', email: 'First@Example.com', password: goodPassword }
  const wrong = await callHouse(app.baseUrl, 'POST', '/setup', { ...body, code: 'WRONG' })
  expect(problemOf(wrong)).toEqual([410, 'link_ended'])
  const weak = await callHouse(app.baseUrl, 'POST', '/setup', { ...body, code, password: 'short' })
  expect(problemOf(weak)).toEqual([422, 'validation_failed'])
  const all = await Promise.all(
    [1, 2, 3].map((n) =>
      callHouse(app.baseUrl, 'POST', '/setup', { ...body, code, email: `o${n}@example.com` }),
    ),
  )
  expect(all.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 410, 410])
  expect(inAnswer(await callHouse(app.baseUrl, 'GET', '/setup'), 'needed')).toBe(false)
  expect(await newSetupCode(app.services.database)).toBeUndefined()
})

test('a session opens what its person may see, and ends when it is signed out', async () => {
  const owner = await makePerson(app, { partnerId, role: 'owner' })
  const who = await owner.call('GET', '/session')
  expect(who.json).toMatchObject({
    side: 'partner',
    user: { email: owner.user.email, role: 'owner', state: 'active' },
    abilities: expect.arrayContaining(['money', 'people']) as unknown,
  })
  expect((await owner.call('DELETE', '/session')).status).toBe(204)
  expect(problemOf(await owner.call('GET', '/session'))).toEqual([401, 'unauthenticated'])
})

test('the cookie is out of reach of scripts and other sites', async () => {
  const owner = await makePerson(app, { partnerId, role: 'owner' })
  const body = { side: 'partner', email: owner.user.email, password: goodPassword }
  const answer = await callHouse(app.baseUrl, 'POST', '/session', body)
  const cookie = answer.headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(/^scrip_portal=[\w-]{43}; /)
  expect(cookie).toMatch(/HttpOnly/)
  expect(cookie).toMatch(/SameSite=Strict/)
  expect(cookie).toMatch(/Path=\//)
})

test.each([
  ['no origin', { origin: '' }],
  ['another origin', { origin: 'https://evil.example' }],
  ['another site', { 'sec-fetch-site': 'cross-site' }],
  ['a neighbour', { 'sec-fetch-site': 'same-site' }],
  ['an opaque origin', { origin: 'null' }],
])('what changes something is refused with %s', async (_name, headers) => {
  const owner = await makePerson(app, { partnerId, role: 'owner' })
  const profile = { name: 'Other', locale: 'en', time_zone: 'UTC' }
  const answer = await owner.call('PATCH', '/account', profile, headers)
  expect(problemOf(answer)).toEqual([403, 'origin_not_proven'])
  expect(inAnswer(await owner.call('GET', '/session'), 'user.name')).toBe(owner.user.name)
  const body = { side: 'partner', email: owner.user.email, password: goodPassword }
  const signIn = await callHouse(app.baseUrl, 'POST', '/session', body, headers)
  expect(problemOf(signIn)).toEqual([403, 'origin_not_proven'])
})

test('nobody gets in with a wrong password, on the wrong side, shut out, or of a suspended company', async () => {
  const ownId = await makePartner()
  const owner = await makePerson(app, { partnerId: ownId, role: 'owner' })
  const other = await makePerson(app, { partnerId: ownId, role: 'owner' })
  const enter = (side: string, email: string, password: string) =>
    callHouse(app.baseUrl, 'POST', '/session', { side, email, password })
  const refused = [401, 'sign_in_failed']
  expect(problemOf(await enter('partner', owner.user.email, 'something else'))).toEqual(refused)
  expect(problemOf(await enter('operator', owner.user.email, goodPassword))).toEqual(refused)
  expect(problemOf(await enter('partner', 'nobody@example.com', goodPassword))).toEqual(refused)
  const shut = await other.call('PATCH', `/people/${owner.user.id}`, { is_disabled: true })
  expect(shut.status).toBe(200)
  expect(problemOf(await owner.call('GET', '/session'))).toEqual([401, 'unauthenticated'])
  expect(problemOf(await enter('partner', owner.user.email, goodPassword))).toEqual(refused)
  await app.services.database.inTransaction((tx) =>
    setPartnerStatus(tx, { partnerId: ownId, status: 'suspended', actor: 'test' }),
  )
  expect(problemOf(await other.call('GET', '/session'))).toEqual([403, 'partner_inactive'])
})

test('guessing is stopped after five tries, at once or one after the other, and the right password is refused then, too', async () => {
  const owner = await makePerson(app, { partnerId, role: 'owner' })
  const enter = (password: string) =>
    callHouse(app.baseUrl, 'POST', '/session', { side: 'partner', email: owner.user.email, password })
  const tries = await Promise.all(Array.from({ length: 12 }, (_, n) => enter(`guess number ${n}`)))
  expect(tries.filter(({ status }) => status === 401)).toHaveLength(5)
  const limited = tries.filter(({ status }) => status === 429)
  expect(limited).toHaveLength(7)
  expect(Number(limited[0]?.headers.get('retry-after'))).toBeGreaterThan(800)
  expect(problemOf(await enter(goodPassword))).toEqual([429, 'rate_limited'])
})

test('an invitation is taken up once, with a password that is good enough', async () => {
  const { database, keyRing } = app.services
  const email = 'invited@example.com'
  const person = { side: 'partner', partnerId, email, name: 'New', role: 'viewer' } as const
  const order = { ...person, page: 'https://x', actor: 'test' }
  const { token } = await database.inTransaction((tx) => inviteUser(tx, keyRing, order))
  const choose = (password: string) => callHouse(app.baseUrl, 'POST', '/passwords', { token, password })
  const early = { side: 'partner', email, password: goodPassword }
  expect((await callHouse(app.baseUrl, 'POST', '/session', early)).status).toBe(401)
  for (const weak of ['short', 'aaaaaaaaaaaaaaaa', 'invited@example.com'])
    expect(problemOf(await choose(weak))).toEqual([422, 'validation_failed'])
  expect((await choose(goodPassword)).json).toEqual({ side: 'partner', email })
  expect(problemOf(await choose(goodPassword))).toEqual([410, 'link_ended'])
  expect((await callHouse(app.baseUrl, 'POST', '/session', early)).status).toBe(201)
})

test('a reset tells nobody who is known, mails a link, and ends all sessions', async () => {
  const { database, keyRing } = app.services
  const owner = await makePerson(app, { partnerId, role: 'owner' })
  const ask = (email: string) =>
    callHouse(app.baseUrl, 'POST', '/password-resets', { side: 'partner', email })
  const known = await ask(owner.user.email)
  const unknown = await ask('nobody-at-all@example.com')
  expect([known.status, known.json]).toEqual([unknown.status, unknown.json])
  const mails = await database.query<{ subject: string }>(
    sql`select subject from messages where recipient = ${owner.user.email} and template = 'password_reset'`,
  )
  expect(mails).toHaveLength(1)
  // Asked for again at once, nothing more is sent.
  await database.inTransaction((tx) => requestReset(tx, keyRing, { email: owner.user.email, page: 'x' }))
  const again = await database.query(
    sql`select from messages where recipient = ${owner.user.email} and template = 'password_reset'`,
  )
  expect(again).toHaveLength(1)
  expect((await owner.call('GET', '/session')).status).toBe(200)
})

test('with an authenticator app, a code is needed beside the password; each works once, and a recovery code stands in for it', async () => {
  const owner = await makePerson(app, { partnerId, role: 'owner' })
  const begun = await owner.call('POST', '/account/authenticator')
  const secret = String(inAnswer(begun, 'secret'))
  const totp = new TOTP({ secret })
  const codeOf = (steps: number) => totp.generate({ timestamp: Date.now() + steps * 30_000 })
  expect(problemOf(await owner.call('PUT', '/account/authenticator', { code: '000000' }))).toEqual([
    401,
    'code_required',
  ])
  const first = codeOf(-1)
  const confirmed = await owner.call('PUT', '/account/authenticator', { code: first })
  const recovery = String(inAnswer(confirmed, 'recovery_codes.0'))
  expect(problemOf(await owner.call('POST', '/account/authenticator'))).toEqual([
    409,
    'authenticator_conflict',
  ])
  const enter = (code?: string) =>
    callHouse(app.baseUrl, 'POST', '/session', {
      side: 'partner',
      email: owner.user.email,
      password: goodPassword,
      code,
    })
  expect(problemOf(await enter())).toEqual([401, 'code_required'])
  expect(problemOf(await enter(first))).toEqual([401, 'code_required'])
  const second = codeOf(0)
  expect((await enter(second)).status).toBe(201)
  expect(problemOf(await enter(second))).toEqual([401, 'code_required'])
  expect((await enter(recovery)).status).toBe(201)
  expect(problemOf(await enter(recovery))).toEqual([401, 'code_required'])
  const removal = await owner.call('POST', '/account/authenticator/removal', {
    password: goodPassword,
    code: codeOf(1),
  })
  expect(removal.status).toBe(204)
  expect((await enter()).status).toBe(201)
})

test('somebody sees where they are signed in, and ends those, but nobody else’s', async () => {
  const owner = await makePerson(app, { partnerId, role: 'owner' })
  const elsewhere = await signInAs(app, owner.user, goodPassword)
  const stranger = await makePerson(app, { partnerId: await makePartner(), role: 'owner' })
  const sessions = await owner.call('GET', '/account/sessions')
  const isCurrent = [0, 1].map((place) => inAnswer(sessions, `data.${place}.is_current`))
  expect(new Set(isCurrent)).toEqual(new Set([false, true]))
  const other = String(inAnswer(sessions, `data.${isCurrent.indexOf(false)}.id`))
  expect(problemOf(await stranger.call('DELETE', `/account/sessions/${other}`))).toEqual([
    404,
    'session_not_found',
  ])
  expect((await owner.call('DELETE', `/account/sessions/${other}`)).status).toBe(204)
  expect((await elsewhere.call('GET', '/session')).status).toBe(401)
  expect((await owner.call('GET', '/session')).status).toBe(200)
})

test('a changed password ends the other sessions, and needs the old one', async () => {
  const owner = await makePerson(app, { partnerId, role: 'owner' })
  const elsewhere = await signInAs(app, owner.user, goodPassword)
  const change = (old: string, next: string) =>
    owner.call('PUT', '/account/password', { old_password: old, new_password: next })
  expect(problemOf(await change('wrong', 'another good password'))).toEqual([401, 'sign_in_failed'])
  expect(problemOf(await change(goodPassword, 'short'))).toEqual([422, 'validation_failed'])
  expect((await change(goodPassword, 'another good password')).status).toBe(204)
  expect((await elsewhere.call('GET', '/session')).status).toBe(401)
  expect((await owner.call('GET', '/session')).status).toBe(200)
})

test('whoever has stolen a session does not find the password out by it, nor does without the authenticator app', async () => {
  const person = await makePerson(app, { partnerId, role: 'viewer' })
  const change = (old_password: string) =>
    person.call('PUT', '/account/password', { old_password, new_password: 'another good enough one' })
  const tries = await Promise.all(Array.from({ length: 15 }, (_, place) => change(`guess ${place}`)))
  expect(tries.filter(({ status }) => status === 401)).toHaveLength(10)
  expect(tries.filter(({ status }) => status === 429)).toHaveLength(5)
  expect(problemOf(await change(goodPassword))).toEqual([429, 'rate_limited'])
})

test('somebody stays in charge, nobody changes their own role, and a changed role ends the sessions', async () => {
  const ownId = await makePartner()
  const owner = await makePerson(app, { partnerId: ownId, role: 'owner' })
  const developer = await makePerson(app, { partnerId: ownId, role: 'developer' })
  const self = await owner.call('PATCH', `/people/${owner.user.id}`, { role: 'viewer' })
  expect(problemOf(self)).toEqual([409, 'own_account'])
  const foreign = await owner.call('PATCH', `/people/${(await makePerson(app, { role: 'admin' })).user.id}`, {
    role: 'viewer',
  })
  expect(problemOf(foreign)).toEqual([404, 'user_not_found'])
  const noRole = await owner.call('PATCH', `/people/${developer.user.id}`, { role: 'admin' })
  expect(problemOf(noRole)).toEqual([422, 'validation_failed'])
  expect((await owner.call('PATCH', `/people/${developer.user.id}`, { role: 'owner' })).status).toBe(200)
  expect((await developer.call('GET', '/session')).status).toBe(401)
  const second = await signInAs(app, developer.user, goodPassword)
  // Two who shut each other out at the same time: one is left.
  const both = await Promise.all([
    owner.call('PATCH', `/people/${developer.user.id}`, { is_disabled: true }),
    second.call('PATCH', `/people/${owner.user.id}`, { is_disabled: true }),
  ])
  expect(both.filter(({ status }) => status === 200)).toHaveLength(1)
})
