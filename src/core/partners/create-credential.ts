import { parseNetwork } from '../../platform/addresses.ts'
import { violatedConstraint } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { newKeyPair } from '../../platform/key-pairs.ts'
import { publicHalf } from '../../platform/rsa-decryption.ts'
import { newToken, randomCharacters, sha256 } from '../../platform/secrets.ts'
import { Failure } from '../../values/failure.ts'
import type { FieldProblem } from '../../values/failure.ts'
import type { CredentialId, PartnerId } from '../../values/ids.ts'
import { isStorableJson } from '../../values/json.ts'
import type { KeyRing, Sealed } from '../keys/ring.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { announcePartnerChange } from './announce-partner-change.ts'
import { hintOf, isTokenPrefix, noncePrefixOf, usualTokenPrefix } from './credential.ts'
import type { IssuedCredential } from './credential.ts'
import { insertCredential } from './credentials.sql.ts'
import { selectPartners } from './partners.sql.ts'

export type CreateCredential = {
  readonly partnerId: PartnerId
  /** The one dialect that it opens. */
  readonly dialect: string
  /** The partner's own name for it. */
  readonly label: string
  /** Whether a signing secret goes with the token. */
  readonly withSecret: boolean
  /** Whether its secret is the token itself, which is then kept sealed: the dialect signs with it. */
  readonly keepToken?: boolean | undefined
  /** Whether it signs with an RSA key pair. */
  readonly withKeyPair?: boolean | undefined
  /** Whether its token is never sent in clear: a user name and a public key to encrypt it with go with it. */
  readonly withEncryption?: boolean | undefined
  readonly scopes?: readonly string[] | undefined
  /** Networks ("192.0.2.0/24") or addresses that it may be used from; none: from anywhere. */
  readonly allowedAddresses?: readonly string[] | undefined
  readonly expiresAt?: Date | undefined
  /** Stands before the token's random part: "scrip_" unless the dialect has its own. */
  readonly tokenPrefix?: string | undefined
  readonly actor?: string | undefined
}

/**
 * Makes a token of 256 random bits and, if wished, a secret of as many, or a key pair. They are in the answer and never again: of the
 * token only the SHA-256 is stored (or it sealed, where the dialect signs with it), the secret sealed under the partner's key, of the key pair the public half.
 * Throws Failure partner_not_found, validation_failed.
 */
export async function createCredential(
  tx: Tx,
  keyRing: KeyRing,
  command: CreateCredential,
): Promise<IssuedCredential> {
  const {
    partnerId,
    dialect,
    label,
    scopes = [],
    expiresAt,
    tokenPrefix = usualTokenPrefix,
    actor = 'system',
  } = command
  const allowedAddresses = readLimits(command)
  const credentialId = newId<CredentialId>()
  const token = newToken(tokenPrefix)
  const tokenKept = command.keepToken === true
  const secret = tokenKept ? token : command.withSecret ? newToken('') : undefined
  const tokenHint = hintOf(tokenPrefix, token)
  const pair = command.withKeyPair === true ? await newKeyPair() : undefined
  const login = command.withEncryption === true ? await newLogin(tx, partnerId) : undefined
  const toSeal = login?.privateKey ?? secret
  try {
    const sealedSecret: Sealed | undefined =
      toSeal === undefined ? undefined : await keyRing.sealForPartner(partnerId, toSeal, credentialId, tx)
    const named = { partnerId, dialect, label, madeBy: actor }
    const row = { ...named, tokenHint, sealedSecret, scopes, allowedAddresses, expiresAt }
    const publicKey = pair?.publicKey
    const username = login?.username
    const tokenHash = sha256(token)
    await insertCredential(tx, { ...row, id: credentialId, tokenHash, tokenKept, publicKey, username })
  } catch (error) {
    throw isUnknownPartner(error) ? new Failure('partner_not_found') : error
  }
  const details = {
    dialect,
    label,
    tokenHint,
    withSecret: command.withSecret,
    withKeyPair: pair !== undefined,
    scopes,
    allowedAddresses,
    expiresAt,
  }
  await recordAudit(tx, { actor, action: 'credential.created', partnerId, subject: credentialId, details })
  await announcePartnerChange(tx, partnerId)
  const noncePrefix = pair === undefined ? undefined : noncePrefixOf(credentialId)
  return {
    credentialId,
    token,
    secret: tokenKept ? undefined : secret,
    privateKey: pair?.privateKey,
    noncePrefix,
    username: login?.username,
    encryptionKey: login?.encryptionKey,
  }
}

/** A user name that nobody has, and a key pair whose private half we keep. */
async function newLogin(tx: Tx, partnerId: PartnerId) {
  const { privateKey } = await newKeyPair()
  const [partner] = await selectPartners(tx, { id: partnerId })
  const name = partner?.name ?? ''
  const readable = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 24)
  const username = `${readable === '' ? 'account' : readable}-${randomCharacters(usernameLetters, 8)}`
  return { username, privateKey, encryptionKey: publicHalf(privateKey) }
}

const usernameLetters = 'abcdefghjkmnpqrstuvwxyz123456789'

/** The networks in their canonical spelling. Throws Failure validation_failed for these and all else that is wrong. */
function readLimits(command: CreateCredential): string[] {
  const problems: FieldProblem[] = []
  const { label, scopes = [], allowedAddresses = [], tokenPrefix = usualTokenPrefix } = command
  if (label.length > 200 || !isStorableJson(label)) {
    problems.push({ field: 'label', sentence: 'The label must be at most 200 characters of text.' })
  }
  if (scopes.length > 100 || !scopes.every((scope) => /^[a-z0-9_.:*-]{1,64}$/.test(scope))) {
    problems.push({ field: 'scopes', sentence: 'A scope must be 1 to 64 letters, digits or signs.' })
  }
  if (!isTokenPrefix(tokenPrefix)) {
    problems.push({
      field: 'token_prefix',
      sentence: 'The prefix must be small letters and digits with an underscore at its end.',
    })
  }
  const networks = allowedAddresses.map((text) => parseNetwork(text))
  const known = networks.filter((network) => network !== undefined)
  if (known.length < networks.length || known.length > 100) {
    const sentence = 'Allowed addresses must be at most 100 addresses or networks such as "192.0.2.0/24".'
    problems.push({ field: 'allowed_addresses', sentence })
  }
  if (problems.length > 0) throw new Failure('validation_failed', { fields: problems })
  return known
}

function isUnknownPartner(error: unknown): boolean {
  const constraint = violatedConstraint(error)
  return constraint === 'credentials_partner_id_fkey' || constraint === 'data_keys_partner_id_fkey'
}
