import type { FastifyRequest } from 'fastify'
import { requestFunding } from '../../../core/funding/request-funding.ts'
import { findOrderByExternalId } from '../../../core/orders/find-order-by-external-id.ts'
import type { PayingWallet } from '../../../core/partners/partner.ts'
import { requestWithdrawal } from '../../../core/withdrawals/request-withdrawal.ts'
import { Failure } from '../../../values/failure.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toAmount } from '../mapping/envelope.ts'
import { externalIdOf, namesOf } from '../names.ts'
import { asText, KeyHeaders, refusals, success } from '../wire/envelope.ts'
import { FundBody, FundReply, WithdrawBody, WithdrawReply } from '../wire/wallet.ts'
import { requireAmount } from './buy.ts'
import { answerCreated, keyOf, textOf } from './keyed.ts'
import { secured } from './secured.ts'

const shared = { tags: ['Wallet'], security: secured, headers: KeyHeaders }
const config = { area: 'wallet' }

/**
 * POST /wallet/fund      how to pay money in
 * POST /wallet/withdraw  asks for money to be paid out
 */
export function walletMoneyRoutes(app: DialectApp, services: Services): void {
  const fund = {
    ...shared,
    summary: 'Say that money will be paid in',
    body: FundBody,
    response: { 201: asText(success(FundReply)), ...refusals(400, 409, 422) },
  }
  app.post('/wallet/fund', { schema: fund, config }, (request, reply) =>
    answerCreated(services, request, reply, () => fundOnce(services, request, request.body)),
  )

  const withdraw = {
    ...shared,
    summary: 'Ask for money to be paid out',
    body: WithdrawBody,
    response: { 201: asText(success(WithdrawReply)), ...refusals(400, 402, 409, 422) },
  }
  app.post('/wallet/withdraw', { schema: withdraw, config }, (request, reply) =>
    answerCreated(services, request, reply, () => withdrawOnce(services, request, request.body)),
  )
}

/** Throws Failure invalid_amount, invalid_currency, no_receiving_account. */
async function fundOnce({ database }: Services, request: FastifyRequest, body: FundBody): Promise<FundReply> {
  const { id: partnerId } = request.caller.partner
  const amount = requireAmount(body.amount)
  const { id: walletId } = requireWallet(request, body.currency)
  // A repeat under the same key finds the first request by this name.
  const { reference } = namesOf(partnerId, { reference: undefined, key: keyOf(request) }, textOf(request))
  const actor = actorOf(request)
  const { funding } = await database.inTransaction((tx) =>
    requestFunding(tx, { partnerId, walletId, amount, reference, actor }),
  )
  const { account } = funding
  return {
    reference: funding.reference,
    status: 'pending',
    amount: toAmount(funding.amount),
    currency: funding.currency,
    instructions: {
      bank_name: account.bankName,
      account_name: account.accountName,
      account_number: account.accountNumber,
      payment_reference: funding.paymentReference,
      expires_at: funding.expiresAt.toISOString(),
    },
  }
}

/** Throws Failure invalid_amount, invalid_currency, insufficient_funds, transfer_conflict, external_id_conflict, validation_failed. */
async function withdrawOnce(
  { database, keyRing }: Services,
  request: FastifyRequest,
  body: WithdrawBody,
): Promise<WithdrawReply> {
  const { id: partnerId } = request.caller.partner
  const amount = requireAmount(body.amount)
  const { id: walletId } = requireWallet(request, body.currency)
  const key = keyOf(request)
  const given = { reference: body.reference, key }
  const { reference } = namesOf(partnerId, given, textOf(request))
  const order = await findOrderByExternalId(database, keyRing, partnerId, externalIdOf(reference)).catch(
    nothingIfUnknown,
  )
  if (order !== undefined) throw new Failure('external_id_conflict')
  const account = body.bank_account
  const destination = {
    bankName: account.bank_name,
    accountName: account.account_name,
    accountNumber: account.account_number,
    bankCode: account.bank_code ?? '',
  }
  const actor = actorOf(request)
  const { withdrawal, repeated } = await database.inTransaction((tx) =>
    requestWithdrawal(tx, keyRing, { partnerId, walletId, amount, destination, reference, actor }),
  )
  // Without a key nothing repeats an earlier call: the reference was used before.
  if (repeated && key === undefined) throw new Failure('external_id_conflict')
  return {
    reference: withdrawal.reference,
    status: 'pending_approval',
    amount: toAmount(withdrawal.amount),
    currency: withdrawal.currency,
    destination: withdrawal.destinationShown,
    created_at: withdrawal.createdAt.toISOString(),
  }
}

/** Throws Failure invalid_currency. */
function requireWallet({ caller }: FastifyRequest, currency: string): PayingWallet {
  const wallet = caller.wallets.find((one) => one.currency === currency.toUpperCase())
  if (wallet === undefined)
    throw new Failure('invalid_currency', { sentence: 'You have no wallet in this currency.' })
  return wallet
}

function actorOf({ caller }: FastifyRequest): string {
  return `api:${caller.credentialId}`
}

function nothingIfUnknown(failure: unknown): undefined {
  if (failure instanceof Failure && failure.code === 'order_not_found') return undefined
  throw failure
}
