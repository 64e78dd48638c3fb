import type { FastifyRequest } from 'fastify'
import { useNonce } from '../../core/nonces/use-nonce.ts'
import type { Caller, PayingWallet } from '../../core/partners/partner.ts'
import { isSignedBy } from '../../platform/key-pairs.ts'
import { Failure } from '../../values/failure.ts'
import type { Services } from '../dialect.ts'
import { toCurrencyId } from './mapping/currencies.ts'

/**
 * `X-Api-Key`, `X-Nonce`, and `X-Signature`: Base64 of RSA-SHA256 over key and nonce. The nonce is used up by whoever signs it rightly, and by nobody else. The
 * caller's default wallet is then the one that the call names.
 * Throws Failure unauthenticated, signature_missing, signature_invalid, nonce_used, address_not_allowed, partner_inactive, wallet_not_found.
 */
export async function authenticate(
  request: FastifyRequest,
  { callers, database }: Pick<Services, 'callers' | 'database'>,
): Promise<Caller> {
  const { headers } = request
  const apiKey = headers['x-api-key']
  if (typeof apiKey !== 'string' || !/^[\w.~+/=-]{1,512}$/.test(apiKey)) throw new Failure('unauthenticated')
  const caller =
    callers.remembered('vendify', apiKey, request.ip) ?? (await callers.find('vendify', apiKey, request.ip))
  const nonce = readNonce(headers['x-nonce'])
  checkSignature(caller, apiKey, nonce, headers['x-signature'])
  await useNonce(database, { partnerId: caller.partner.id, credentialId: caller.credentialId, nonce })
  const wallet = chooseWallet(caller, headers)
  return wallet === undefined ? caller : { ...caller, defaultWallet: wallet }
}

/** The nonce of a call, 8 to 64 letters or digits. Throws Failure signature_missing, signature_invalid. */
export function readNonce(given: string | string[] | undefined): string {
  if (typeof given !== 'string' || given === '') throw new Failure('signature_missing')
  if (!/^[A-Za-z0-9]{8,64}$/.test(given))
    throw new Failure('signature_invalid', { sentence: 'The nonce must be 8 to 64 letters or digits.' })
  return given
}

function checkSignature(caller: Caller, apiKey: string, nonce: string, given: unknown): void {
  if (typeof given !== 'string' || given === '') throw new Failure('signature_missing')
  if (caller.publicKey === undefined)
    throw new Failure('signature_invalid', { internal: 'the credential has no key pair' })
  const isBase64 = /^[A-Za-z0-9+/]{342}==$/.test(given)
  if (!isBase64 || !isSignedBy(caller.publicKey, apiKey + nonce, Buffer.from(given, 'base64')))
    throw new Failure('signature_invalid')
}

/** The wallet that a call names, by its id or in the words of older clients, which have to agree; undefined where it names none. */
function chooseWallet(caller: Caller, headers: FastifyRequest['headers']): PayingWallet | undefined {
  const wanted = (name: string): string | undefined => {
    const value = headers[name]
    return typeof value === 'string' && value.trim() !== '' ? value.trim().toUpperCase() : undefined
  }
  const id = wanted('x-wallet-id')
  const code = wanted('x-currency-code')
  const currencyId = wanted('x-currency-id')
  if (id === undefined && code === undefined && currencyId === undefined) return undefined
  const found =
    id === undefined
      ? caller.wallets.find(
          ({ currency }) =>
            (code === undefined || currency === code) &&
            (currencyId === undefined || String(toCurrencyId(currency)) === currencyId),
        )
      : caller.wallets.find((wallet) => wallet.code === id)
  if (found === undefined)
    throw new Failure('wallet_not_found', { sentence: 'This wallet is not one of yours.' })
  return found
}
