import { houseId } from '../src/core/messages/message.ts'
import { setPassword } from '../src/core/users/choose-password.ts'
import { addUser } from '../src/core/users/invite-user.ts'
import type { User } from '../src/core/users/user.ts'
import type { Tx } from '../src/platform/database.ts'
import type { PartnerId } from '../src/values/ids.ts'
import type { TestApp } from './app.ts'

export type HouseAnswer = {
  readonly status: number
  readonly headers: Headers
  readonly json: unknown
}

/** Somebody in a browser of theirs: what they call carries their cookie and the proof that it comes from our own pages. */
export type Person = {
  readonly user: User
  readonly password: string
  readonly cookie: string
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<HouseAnswer>
}

let people = 0

export const goodPassword = 'correct horse battery staple'

/** Makes somebody of a partner, or of the house, and signs them in over HTTP. */
export async function makePerson(
  app: Pick<TestApp, 'baseUrl' | 'services'>,
  { partnerId = houseId, role }: { readonly partnerId?: PartnerId; readonly role: string },
): Promise<Person> {
  const user = await app.services.database.inTransaction((tx) => addPerson(tx, { partnerId, role }))
  return signInAs(app, user, goodPassword)
}

/** Makes somebody of a partner, or of the house, who can sign in. */
export async function addPerson(
  tx: Tx,
  { partnerId, role }: { readonly partnerId: PartnerId; readonly role: string },
): Promise<User> {
  people += 1
  const user = await addUser(tx, {
    side: partnerId === houseId ? 'operator' : 'partner',
    partnerId,
    email: `person-${people}@example.com`,
    name: `Person ${people}`,
    role,
    actor: 'test',
  })
  await setPassword(tx, user, goodPassword, undefined)
  return user
}

/** Signs somebody in. */
export async function signInAs(
  { baseUrl }: Pick<TestApp, 'baseUrl'>,
  user: User,
  password: string,
  code?: string,
): Promise<Person> {
  const side = user.partnerId === houseId ? 'operator' : 'partner'
  const answer = await callHouse(baseUrl, 'POST', '/session', { side, email: user.email, password, code })
  if (answer.status !== 201) throw new Error(`Signing in was answered ${JSON.stringify(answer.json)}`)
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  return {
    user,
    password,
    cookie,
    call: (method, path, body, headers = {}) =>
      callHouse(baseUrl, method, path, body, { cookie, 'x-scrip-side': side, ...headers }),
  }
}

/** A call as a browser makes it on one of our pages. */
export async function callHouse(
  baseUrl: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<HouseAnswer> {
  const response = await fetch(`${baseUrl}/api/v1${path}`, {
    method,
    headers: {
      origin: baseUrl,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    json: text === '' ? undefined : (JSON.parse(text) as unknown),
  }
}

/** The value at a place of an answer: `inAnswer(answer, 'data.0.id')`. */
export function inAnswer({ json }: HouseAnswer, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
      json,
    )
}

/** Status and code of a refusal. */
export function problemOf(answer: HouseAnswer): unknown {
  return [answer.status, inAnswer(answer, 'code')]
}
