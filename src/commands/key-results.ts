import type { Credential, IssuedCredential } from '../core/partners/credential.ts'
import { facts, table } from './table.ts'

/** A new credential, the only time that it is seen. */
export function issuedResult(issued: IssuedCredential) {
  return {
    json: { ...issued, shownOnce: true },
    text: [
      ...facts({
        Key: issued.credentialId,
        Token: issued.token,
        Secret: issued.secret,
        Username: issued.username,
        'Nonce prefix': issued.noncePrefix,
      }),
      ...(issued.encryptionKey === undefined ? [] : ['', ...issued.encryptionKey.trimEnd().split('\n')]),
      ...(issued.privateKey === undefined ? [] : ['', ...issued.privateKey.trimEnd().split('\n')]),
      '',
      issued.secret === undefined && issued.privateKey === undefined
        ? 'The token is shown this once: keep it now.'
        : 'All of this is shown this once: keep it now.',
    ],
  }
}

export function credentialTable(credentials: readonly Credential[]): string[] {
  const rows = credentials.map((one) => [
    one.dialect,
    one.label,
    one.tokenHint,
    one.username ?? (one.hasSecret || one.hasKeyPair ? 'signs' : ''),
    stateOf(one),
    one.allowedAddresses.join(' '),
    one.createdAt.toISOString().slice(0, 10),
    one.id,
  ])
  return table(
    ['Dialect', 'Label', 'Token', '', 'State', 'Addresses', 'Made', 'Id'],
    rows,
    'There are no keys.',
  )
}

function stateOf({ revokedAt, expiresAt }: Credential): string {
  if (revokedAt !== undefined) return 'revoked'
  if (expiresAt === undefined) return 'valid'
  return expiresAt.getTime() <= Date.now() ? 'expired' : `until ${expiresAt.toISOString()}`
}
