import { findBalanceAlerts, setBalanceAlert } from '../../../core/alerts/set-alert.ts'
import { cancelFunding } from '../../../core/funding/cancel-funding.ts'
import { listFundings } from '../../../core/funding/list-fundings.ts'
import { requestFunding } from '../../../core/funding/request-funding.ts'
import { listWalletEntries } from '../../../core/ledger/list-wallet-entries.ts'
import { listWallets } from '../../../core/ledger/list-wallets.ts'
import { listWithdrawals } from '../../../core/withdrawals/list-withdrawals.ts'
import { requestWithdrawal } from '../../../core/withdrawals/request-withdrawal.ts'
import { newId } from '../../../platform/ids.ts'
import { Failure } from '../../../values/failure.ts'
import type { WalletId } from '../../../values/ids.ts'
import { parseAmount, printAmount } from '../../../values/money.ts'
import type { Micros } from '../../../values/money.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toEntry, toFunding, toWallet, toWithdrawal } from '../mapping/partner.ts'
import { toId, toMicros, toPage } from '../mapping/shared.ts'
import {
  BalanceAlertBody,
  FundBody,
  Funding,
  FundingsReply,
  IdempotencyHeaders,
  WalletEntriesReply,
  WalletsReply,
  WithdrawBody,
  Withdrawal,
  WithdrawalsReply,
} from '../wire/partner.ts'
import { IdPath, nothing, object, pageQuery, refusals } from '../wire/shared.ts'
import { Type } from 'typebox'
import { actorIn, forPartner, partnerOf } from './access.ts'

const shared = { tags: ['Wallets'] }

/**
 * GET  /wallets                     balances
 * PUT  /wallets/{id}/alert          below how much owners are told
 * GET  /wallets/{id}/entries        a statement
 * POST /wallets/{id}/fundings       says that money will be paid in, and where to
 * GET  /fundings                    what was announced
 * POST /fundings/{reference}/cancel takes it back
 * POST /wallets/{id}/withdrawals    asks for money out, which an operator approves
 * GET  /withdrawals                 what was asked for
 */
export function walletRoutes(app: DialectApp, services: Services): void {
  const { database, keyRing } = services

  const list = { ...shared, summary: 'Wallets', response: { 200: WalletsReply, ...refusals(401) } }
  app.get('/wallets', { ...forPartner('read'), schema: list }, async (request) => {
    const partnerId = partnerOf(request)
    const [wallets, alerts] = await Promise.all([
      listWallets(database, partnerId),
      findBalanceAlerts(database, partnerId),
    ])
    return {
      data: wallets.map((wallet) => {
        const below = alerts.get(wallet.id)
        return { ...toWallet(wallet), alert_below: below === undefined ? null : printAmount(below) }
      }),
    }
  })

  const alert = {
    ...shared,
    summary: 'Say below how much owners are told by mail',
    description: 'Once each time it falls below; `null`: not at all.',
    params: IdPath,
    body: BalanceAlertBody,
    response: { 204: nothing, ...refusals(401, 403, 404, 422) },
  }
  app.put('/wallets/:id/alert', { ...forPartner('money'), schema: alert }, async (request, reply) => {
    const { below } = request.body
    const order = {
      partnerId: partnerOf(request),
      walletId: toWalletId(request.params.id),
      threshold: below === null ? undefined : toMicros(below, 'below'),
      actor: actorIn(request),
    }
    await database.inTransaction((tx) => setBalanceAlert(tx, order))
    return reply.code(204).send(null)
  })

  const statement = {
    ...shared,
    summary: 'A wallet’s statement, newest first',
    params: IdPath,
    querystring: object(pageQuery),
    response: { 200: WalletEntriesReply, ...refusals(401, 404, 422) },
  }
  app.get('/wallets/:id/entries', { ...forPartner('read'), schema: statement }, async (request) => {
    const { cursor, limit = 25 } = request.query
    const walletId = toWalletId(request.params.id)
    return toPage(await listWalletEntries(database, partnerOf(request), walletId, { cursor, limit }), toEntry)
  })

  const fund = {
    ...shared,
    summary: 'Announce money by bank transfer',
    params: IdPath,
    headers: IdempotencyHeaders,
    body: FundBody,
    response: { 200: Funding, 201: Funding, ...refusals(401, 403, 404, 409, 422) },
  }
  app.post('/wallets/:id/fundings', { ...forPartner('money'), schema: fund }, async (request, reply) => {
    const { amount, reference = request.headers['idempotency-key'] } = request.body
    const { funding, repeated } = await database.inTransaction((tx) =>
      requestFunding(tx, {
        partnerId: partnerOf(request),
        walletId: toWalletId(request.params.id),
        amount: toAmount(amount),
        reference,
        actor: actorIn(request),
      }),
    )
    return reply.code(repeated ? 200 : 201).send(toFunding(funding))
  })

  const fundings = {
    ...shared,
    summary: 'Announced money, newest first',
    querystring: object(pageQuery),
    response: { 200: FundingsReply, ...refusals(401, 422) },
  }
  app.get('/fundings', { ...forPartner('read'), schema: fundings }, async (request) => {
    const { cursor, limit = 25 } = request.query
    return toPage(await listFundings(database, partnerOf(request), { cursor, limit }), toFunding)
  })

  const cancel = {
    ...shared,
    summary: 'Take an announcement back',
    params: Type.Object({ reference: Type.String({ maxLength: 64 }) }),
    response: { 204: nothing, ...refusals(401, 403, 404, 409) },
  }
  app.post(
    '/fundings/:reference/cancel',
    { ...forPartner('money'), schema: cancel },
    async (request, reply) => {
      const { reference } = request.params
      await database.inTransaction((tx) =>
        cancelFunding(tx, { partnerId: partnerOf(request), reference, actor: actorIn(request) }),
      )
      return reply.code(204).send(null)
    },
  )

  const withdraw = {
    ...shared,
    summary: 'Ask for money out of a wallet',
    description: 'It is set aside at once, and paid out when an operator approves.',
    params: IdPath,
    headers: IdempotencyHeaders,
    body: WithdrawBody,
    response: { 200: Withdrawal, 201: Withdrawal, ...refusals(401, 402, 403, 404, 409, 422) },
  }
  app.post(
    '/wallets/:id/withdrawals',
    { ...forPartner('money'), schema: withdraw },
    async (request, reply) => {
      const { amount, reference, bank_account: account } = request.body
      const { withdrawal, repeated } = await database.inTransaction((tx) =>
        requestWithdrawal(tx, keyRing, {
          partnerId: partnerOf(request),
          walletId: toWalletId(request.params.id),
          amount: toAmount(amount),
          reference: reference ?? request.headers['idempotency-key'] ?? newId(),
          destination: {
            bankName: account.bank_name,
            accountName: account.account_name,
            accountNumber: account.account_number,
            bankCode: account.bank_code ?? '',
          },
          actor: actorIn(request),
        }),
      )
      return reply.code(repeated ? 200 : 201).send(toWithdrawal(withdrawal))
    },
  )

  const withdrawals = {
    ...shared,
    summary: 'Withdrawals, newest first',
    querystring: object(pageQuery),
    response: { 200: WithdrawalsReply, ...refusals(401, 422) },
  }
  app.get('/withdrawals', { ...forPartner('read'), schema: withdrawals }, async (request) => {
    const { cursor, limit = 25 } = request.query
    const page = await listWithdrawals(
      database,
      { partnerId: partnerOf(request), state: undefined },
      { cursor, limit },
    )
    return toPage(page, toWithdrawal)
  })
}

function toWalletId(text: string): WalletId {
  return toId<WalletId>(text, 'wallet_not_found')
}

/** Throws Failure validation_failed for nothing. */
function toAmount(text: string): Micros {
  const amount = parseAmount(text)
  if (amount !== undefined && amount > 0n) return amount
  throw new Failure('validation_failed', {
    fields: [{ field: 'amount', sentence: 'The amount must be more than zero.' }],
  })
}
