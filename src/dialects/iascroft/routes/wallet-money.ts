import type { FastifyRequest } from 'fastify'
import { requestFunding } from '../../../core/funding/request-funding.ts'
import type { PayingWallet } from '../../../core/partners/partner.ts'
import { withReference } from '../../../core/references/with-reference.ts'
import { requestWithdrawal } from '../../../core/withdrawals/request-withdrawal.ts'
import { Failure } from '../../../values/failure.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toAmount } from '../mapping/envelope.ts'
import { namesOf } from '../names.ts'
import { asText, KeyHeaders, refusals, success } from '../wire/envelope.ts'
import { FundBody, FundReply, WithdrawBody, WithdrawReply } from '../wire/wallet.ts'
import { requireAmount } from './buy.ts'
import { answerCreated, keyOf, refuseOrder, textOf } from './keyed.ts'
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
  const key = keyOf(request)
  const names = namesOf(partnerId, { reference: undefined, key }, textOf(request))
  const { reference } = names
  const actor = actorOf(request)
  const wish = { partnerId, kind: 'funding', reference, name: names.externalId, key } as const
  const { funding } = await withReference(database, wish, () =>
    database.inTransaction((tx) => requestFunding(tx, { partnerId, walletId, amount, reference, actor })),
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
  const { reference, externalId: name } = namesOf(
    partnerId,
    { reference: body.reference, key },
    textOf(request),
  )
  const account = body.bank_account
  const destination = {
    bankName: account.bank_name,
    accountName: account.account_name,
    accountNumber: account.account_number,
    bankCode: account.bank_code ?? '',
  }
  const actor = actorOf(request)
  const order = { partnerId, walletId, amount, destination, reference, actor }
  const wish = { partnerId, kind: 'withdrawal', reference, name, key } as const
  const { withdrawal, repeated } = await withReference(database, wish, async () => {
    // An order that another call made without a claim: its reference was made here.
    await refuseOrder(database, keyRing, partnerId, name)
    return database.inTransaction((tx) => requestWithdrawal(tx, keyRing, order))
  })
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
