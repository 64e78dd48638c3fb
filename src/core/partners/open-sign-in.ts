import { addressSet } from '../../platform/addresses.ts'
import type { Database } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { newKeyPair } from '../../platform/key-pairs.ts'
import { decryptRsa } from '../../platform/rsa-decryption.ts'
import { equalInConstantTime, newToken, sha256 } from '../../platform/secrets.ts'
import { Failure } from '../../values/failure.ts'
import type { CredentialId } from '../../values/ids.ts'
import type { KeyRing, Sealed } from '../keys/ring.ts'
import { useNonce } from '../nonces/use-nonce.ts'
import { countTry, insertAccessToken, selectLogin, selectNowMs } from './sign-ins.sql.ts'
import type { Login } from './sign-ins.sql.ts'

export type SignIn = {
  readonly dialect: string
  readonly username: string
  /** What the client encrypted with the public key that goes with the user name. */
  readonly ciphertext: Buffer
  readonly address: string
  /**
   * The token that a decrypted text shows, and whether the text is of now.
   *
   * @param nowMs the database's clock
   * @param timeZone the account's
   */
  readonly read: (
    text: string,
    nowMs: number,
    timeZone: string,
  ) => { readonly token: string; readonly isNow: boolean }
}

/** A token that opens the dialect for a while, with all that the key may do. */
export type AccessToken = { readonly token: string; readonly lifeSeconds: number }

/**
 * Signs clients in whose key is shown encrypted. Whatever is wrong (the user name, the padding, the key, the time, the address, the account), the
 * same work is done and the same Failure unauthenticated thrown; a text is good for one sign-in. Tries are limited per user name
 * and address, and per address: Failure rate_limited.
 */
export function openSignIn(database: Database, keyRing: KeyRing): (signIn: SignIn) => Promise<AccessToken> {
  let decoy: Promise<Sealed> | undefined
  const makeDecoy = async (): Promise<Sealed> =>
    keyRing.sealForStock((await newKeyPair()).privateKey, decoyName)
  /** Made at the first sign-in, for which both kinds of callers wait. */
  const theDecoy = (): Promise<Sealed> => {
    decoy ??= makeDecoy().catch((error: unknown) => {
      decoy = undefined
      throw error
    })
    return decoy
  }

  async function limit({ username, address }: SignIn): Promise<void> {
    const bucketOf = (...parts: string[]): string =>
      keyRing.fingerprint('sign-in', ...parts).slice(0, bucketDigits)
    const ofAddress = await countTry(database, `address ${bucketOf(address)}`)
    const ofBoth = await countTry(database, `user ${bucketOf(username, address)}`)
    if (ofAddress > perAddressMost || ofBoth > perUserMost)
      throw new Failure('rate_limited', { retryAfterSeconds: 60 })
  }

  return async (signIn) => {
    await limit(signIn)
    const login = await selectLogin(database, signIn.dialect, signIn.username.slice(0, usernameLongest))
    const nowMs = await selectNowMs(database)
    const nobodys = await theDecoy()
    const privateKey = await keyRing.open(login?.sealed ?? nobodys, login?.credentialId ?? decoyName)
    const { isPadded, message } = decryptRsa(privateKey, signIn.ciphertext)
    const { token, isNow } = signIn.read(message.toString('utf8'), nowMs, login?.timeZone ?? 'UTC')
    const isKey = equalInConstantTime(sha256(token), login?.tokenHash ?? nobodysHash)
    const isHere = isAllowed(login?.allowedAddresses ?? [], signIn.address)
    const isGood = isPadded && isNow && isKey && isHere
    if (login === undefined || !isGood || !login.isActive) throw new Failure('unauthenticated')
    return issue(database, login, sha256(signIn.ciphertext).toString('hex'))
  }
}

/** Uses the ciphertext up and writes the token, both or neither. */
async function issue(
  database: Database,
  { partnerId, credentialId }: Pick<Login, 'partnerId' | 'credentialId'>,
  nonce: string,
): Promise<AccessToken> {
  const token = newToken(prefix)
  await database.inTransaction(async (tx) => {
    await useNonce(tx, { partnerId, credentialId, nonce }).catch((error: unknown) => {
      throw error instanceof Failure && error.code === 'nonce_used' ? new Failure('unauthenticated') : error
    })
    const row = {
      partnerId,
      parentId: credentialId,
      id: newId<CredentialId>(),
      tokenHash: sha256(token),
      tokenHint: `${prefix}…${token.slice(-4)}`,
      lifeSeconds,
    }
    if (!(await insertAccessToken(tx, row))) throw new Failure('unauthenticated')
  })
  return { token, lifeSeconds }
}

function isAllowed(networks: readonly string[], address: string): boolean {
  return networks.length === 0 || addressSet(networks).includes(address)
}

const lifeSeconds = 3_600
const prefix = 'access_'
const decoyName = 'decoy'
const nobodysHash = Buffer.alloc(32)
const usernameLongest = 100
const perUserMost = 20
const perAddressMost = 120
/** 65,536 buckets of each kind; nobody outside knows who shares one. */
const bucketDigits = 4
