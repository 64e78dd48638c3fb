import type { Db, Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { newToken, sha256 } from '../../platform/secrets.ts'
import { Failure } from '../../values/failure.ts'
import type { GatewayId } from '../../values/ids.ts'
import type { Locale } from '../../values/locale.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { isName } from '../merchants/merchant.ts'
import type { Gateway } from './gateway.ts'
import { insertGateway, selectGatewayByToken, selectGateways, updateGatewayRevoked } from './holders.sql.ts'

/**
 * Lets a gateway in, by a token of 256 random bits that is in the answer and never again: only its SHA-256 is stored.
 * Throws Failure validation_failed.
 */
export async function createGateway(
  tx: Tx,
  command: { readonly name: string; readonly locale: Locale; readonly actor: string },
): Promise<{ readonly id: GatewayId; readonly token: string }> {
  const { name, locale, actor } = command
  if (!isName(name)) {
    const sentence = 'The name must be 1 to 200 characters of one line.'
    throw new Failure('validation_failed', { fields: [{ field: 'name', sentence }] })
  }
  const token = newToken(prefix)
  const id = newId<GatewayId>()
  const tokenHint = `${prefix}…${token.slice(-4)}`
  await insertGateway(tx, { id, name, locale, tokenHash: sha256(token), tokenHint, actor })
  const details = { name, locale, tokenHint }
  await recordAudit(tx, { actor, action: 'ussd_gateway.created', subject: id, details })
  return { id, token }
}

/** All gateways, the newest first; revoked ones too. */
export async function listGateways(db: Db): Promise<Gateway[]> {
  return selectGateways(db, gatewaysMost)
}

/** From now on it is not let in. Throws Failure gateway_not_found. */
export async function revokeGateway(
  tx: Tx,
  command: { readonly id: GatewayId; readonly actor: string },
): Promise<void> {
  const { id, actor } = command
  const name = await updateGatewayRevoked(tx, id)
  if (name === undefined) throw new Failure('gateway_not_found')
  await recordAudit(tx, { actor, action: 'ussd_gateway.revoked', subject: id, details: { name } })
}

/** The gateway whose token this is. Throws Failure unauthenticated. */
export async function findGatewayByKey(
  db: Db,
  token: string,
): Promise<Pick<Gateway, 'id' | 'name' | 'locale'>> {
  const gateway = token.length > 512 ? undefined : await selectGatewayByToken(db, sha256(token))
  if (gateway === undefined) throw new Failure('unauthenticated')
  return gateway
}

const prefix = 'ussd_'
const gatewaysMost = 1_000
