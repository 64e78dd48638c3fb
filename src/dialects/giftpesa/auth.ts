import type { FastifyRequest } from 'fastify'
import type { Caller, PayingWallet } from '../../core/partners/partner.ts'
import { Failure } from '../../values/failure.ts'
import type { Services } from '../dialect.ts'
import { currency } from './mapping/amounts.ts'

/**
 * `Authorization: Bearer <token>`, a token that /authorize gave; the API key itself opens nothing.
 * Throws Failure unauthenticated, address_not_allowed, partner_inactive.
 */
export function authenticate(
  request: FastifyRequest,
  { callers }: Pick<Services, 'callers'>,
): Caller | Promise<Caller> {
  const token = readBearer(request)
  const address = request.ip
  const caller = callers.remembered('giftpesa', token, address)
  return caller === undefined ? callers.find('giftpesa', token, address).then(refuseKey) : refuseKey(caller)
}

/** A key has a secret, the private half of its key pair; a token for a while has none. */
function refuseKey(caller: Caller): Caller {
  if (caller.secret !== undefined) throw new Failure('unauthenticated')
  return caller
}

/** The token of an `Authorization: Bearer`. Throws Failure unauthenticated. */
export function readBearer(request: FastifyRequest): string {
  const token = /^bearer +([\w.~+/=-]{1,512})$/i.exec(request.headers.authorization ?? '')?.[1]
  if (token === undefined) throw new Failure('unauthenticated')
  return token
}

/** The wallet that pays for vouchers: the default one if it is in shillings, else the oldest that is. Throws Failure wallet_not_found. */
export function walletOf({ defaultWallet, wallets }: Caller): Pick<PayingWallet, 'id'> {
  if (defaultWallet.currency === currency) return defaultWallet
  const wallet = wallets.find((one) => one.currency === currency)
  if (wallet === undefined)
    throw new Failure('wallet_not_found', { sentence: 'The account has no wallet in Kenyan shillings.' })
  return wallet
}
