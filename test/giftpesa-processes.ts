import { createCredential } from '../src/core/partners/create-credential.ts'
import type { IssuedCredential } from '../src/core/partners/credential.ts'
import type { PartnerId } from '../src/values/ids.ts'
import { encryptFor, stampOf } from './giftpesa-sign-in.ts'
import type { VoucherWorld } from './voucher-world.ts'

/** A company whose program calls any server, for tests over several processes. */
export type RemoteCompany = {
  readonly partnerId: PartnerId
  post(
    baseUrl: string,
    path: string,
    body: unknown,
  ): Promise<{ readonly status: number; readonly json: unknown }>
  get(baseUrl: string, path: string): Promise<{ readonly status: number; readonly json: unknown }>
}

/** Makes it, and signs in at a server. */
export async function remoteCompany(
  world: VoucherWorld,
  baseUrl: string,
  shillings: bigint,
): Promise<RemoteCompany> {
  const { partnerId } = await world.company(shillings)
  const order = { partnerId, dialect: 'giftpesa', label: 'test', withSecret: false, withEncryption: true }
  const credential = await world.database.inTransaction((tx) => createCredential(tx, world.keyRing, order))
  const token = await signInOver(baseUrl, credential)
  const call = async (at: string, path: string, init: RequestInit) => {
    const response = await fetch(`${at}/giftpesa${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    })
    return { status: response.status, json: await response.json() }
  }
  return {
    partnerId,
    post: (at, path, body) => call(at, path, { method: 'POST', body: JSON.stringify(body) }),
    get: (at, path) => call(at, path, { method: 'GET' }),
  }
}

async function signInOver(
  baseUrl: string,
  { username = '', encryptionKey = '', token }: IssuedCredential,
): Promise<string> {
  const basic = encryptFor(encryptionKey, `${token}:${stampOf(new Date())}`)
  const response = await fetch(`${baseUrl}/giftpesa/authorize`, {
    headers: { username, authorization: `Basic ${basic}` },
  })
  const { Token } = (await response.json()) as { Token: string }
  return Token
}
