import { findNames } from '../../../core/partners/find-names.ts'
import { confirmBankDetails, rejectBankDetails } from '../../../core/settlements/decide-details.ts'
import { approveSettlement, rejectSettlement } from '../../../core/settlements/decide-settlement.ts'
import { enterBankDetails } from '../../../core/settlements/enter-details.ts'
import { listBankDetails } from '../../../core/settlements/list-details.ts'
import { listOwed } from '../../../core/settlements/list-owed.ts'
import { listSettlements } from '../../../core/settlements/list-settlements.ts'
import { openBankDetails } from '../../../core/settlements/open-details.ts'
import { proposePayout } from '../../../core/settlements/propose-payout.ts'
import { proposeReturn } from '../../../core/settlements/propose-return.ts'
import type { Settlement as CoreSettlement } from '../../../core/settlements/settlement.ts'
import { Failure } from '../../../values/failure.ts'
import type { BankDetailsId, SettlementId } from '../../../values/ids.ts'
import { parseCurrency } from '../../../values/money.ts'
import type { Currency } from '../../../values/money.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toBankDetails, toOwed, toSettlement } from '../mapping/merchants.ts'
import { toId, toMicros, toPage } from '../mapping/shared.ts'
import {
  BankDetails,
  BankDetailsQuery,
  BankDetailsReply,
  EnterDetailsBody,
  MerchantPath,
  OpenedDetailsReply,
  OwedQuery,
  OwedReply,
  ProposePayoutBody,
  ProposeReturnBody,
  Settlement,
  SettlementsQuery,
  SettlementsReply,
} from '../wire/merchants.ts'
import { ReasonBody } from '../wire/operator.ts'
import { IdPath, refusals } from '../wire/shared.ts'
import { actorIn, forOperator } from './access.ts'
import { toPartnerId } from './keys.ts'

const shared = { tags: ['Console: settlements'] }

/**
 * GET  /operator/owed                           what each merchant is owed
 * GET  /operator/bank-details                   where merchants are paid to
 * POST /operator/merchants/{code}/bank-details  enters them; another person confirms
 * POST /operator/bank-details/{id}/open         with the whole number; written down
 * POST /operator/bank-details/{id}/confirm      by another person than who entered them
 * POST /operator/bank-details/{id}/reject
 * GET  /operator/settlements                    payouts and their returns
 * POST /operator/settlements                    proposes a payout
 * POST /operator/settlements/{id}/return        proposes that one came back
 * POST /operator/settlements/{id}/approve       by another person than who proposed it
 * POST /operator/settlements/{id}/reject
 */
export function operatorSettlementRoutes(app: DialectApp, services: Services): void {
  const { database } = services
  const owed = {
    ...shared,
    summary: 'What merchants are owed, by issuer and currency',
    querystring: OwedQuery,
    response: { 200: OwedReply, ...refusals(401, 404, 422) },
  }
  app.get('/operator/owed', { ...forOperator('read'), schema: owed }, async (request) => {
    const { merchant, cursor, limit = 25 } = request.query
    return toPage(await listOwed(database, { merchant }, { cursor, limit }), toOwed)
  })
  detailRoutes(app, services)
  payoutRoutes(app, services)
}

function detailRoutes(app: DialectApp, { database, keyRing }: Services): void {
  const list = {
    ...shared,
    summary: 'Merchants’ bank details, newest first',
    querystring: BankDetailsQuery,
    response: { 200: BankDetailsReply, ...refusals(401, 404, 422) },
  }
  app.get('/operator/bank-details', { ...forOperator('read'), schema: list }, async (request) => {
    const { merchant, state, cursor, limit = 25 } = request.query
    return toPage(await listBankDetails(database, { merchant, state }, { cursor, limit }), toBankDetails)
  })

  const enter = {
    ...shared,
    summary: 'Say where a merchant is to be paid; another person confirms it',
    params: MerchantPath,
    body: EnterDetailsBody,
    response: { 201: BankDetails, ...refusals(401, 403, 404, 409, 422) },
  }
  app.post(
    '/operator/merchants/:code/bank-details',
    { ...forOperator('money'), schema: enter },
    async (request, reply) => {
      const { body } = request
      const order = {
        merchant: request.params.code,
        currency: toCurrency(body.currency),
        account: {
          bankName: body.bank_name,
          accountName: body.account_name,
          accountNumber: body.account_number,
          bankCode: body.bank_code ?? '',
        },
        actor: actorIn(request),
      }
      const details = await database.inTransaction((tx) => enterBankDetails(tx, keyRing, order))
      return reply.code(201).send(toBankDetails(details))
    },
  )

  const open = {
    ...shared,
    summary: 'Bank details with the whole number; the audit log keeps who looked',
    params: IdPath,
    response: { 200: OpenedDetailsReply, ...refusals(401, 403, 404) },
  }
  app.post('/operator/bank-details/:id/open', { ...forOperator('money'), schema: open }, async (request) => {
    const order = { id: toDetailsId(request.params.id), actor: actorIn(request) }
    const account = await database.inTransaction((tx) => openBankDetails(tx, keyRing, order))
    return {
      bank_name: account.bankName,
      account_name: account.accountName,
      account_number: account.accountNumber,
      bank_code: account.bankCode,
    }
  })

  const confirm = {
    ...shared,
    summary: 'Confirm bank details, as another person than who entered them',
    params: IdPath,
    response: { 200: BankDetails, ...refusals(401, 403, 404, 409) },
  }
  app.post(
    '/operator/bank-details/:id/confirm',
    { ...forOperator('money'), schema: confirm },
    async (request) => {
      const order = { id: toDetailsId(request.params.id), actor: actorIn(request) }
      return toBankDetails((await database.inTransaction((tx) => confirmBankDetails(tx, order))).bankDetails)
    },
  )

  const reject = {
    ...shared,
    summary: 'Reject bank details',
    params: IdPath,
    body: ReasonBody,
    response: { 200: BankDetails, ...refusals(401, 403, 404, 409, 422) },
  }
  app.post(
    '/operator/bank-details/:id/reject',
    { ...forOperator('money'), schema: reject },
    async (request) => {
      const { reason } = request.body
      const order = { id: toDetailsId(request.params.id), reason, actor: actorIn(request) }
      return toBankDetails((await database.inTransaction((tx) => rejectBankDetails(tx, order))).bankDetails)
    },
  )
}

function payoutRoutes(app: DialectApp, { database }: Services): void {
  const written = async (settlement: CoreSettlement) => {
    const names = await findNames(database, [settlement.partnerId])
    return toSettlement(settlement, names.get(settlement.partnerId) ?? '')
  }
  const list = {
    ...shared,
    summary: 'Payouts to merchants and their returns, newest first',
    querystring: SettlementsQuery,
    response: { 200: SettlementsReply, ...refusals(401, 404, 422) },
  }
  app.get('/operator/settlements', { ...forOperator('read'), schema: list }, async (request) => {
    const { merchant, state, cursor, limit = 25 } = request.query
    const page = await listSettlements(database, { merchant, state }, { cursor, limit })
    const names = await findNames(
      database,
      page.rows.map(({ partnerId }) => partnerId),
    )
    return toPage(page, (one) => toSettlement(one, names.get(one.partnerId) ?? ''))
  })

  const propose = {
    ...shared,
    summary: 'Propose to pay a merchant; another person approves',
    body: ProposePayoutBody,
    response: { 200: Settlement, 201: Settlement, ...refusals(401, 402, 403, 404, 409, 422) },
  }
  app.post('/operator/settlements', { ...forOperator('money'), schema: propose }, async (request, reply) => {
    const { merchant, partner_id: partner, amount, currency, reference, note = '' } = request.body
    const order = {
      partnerId: toPartnerId(partner),
      merchant,
      amount: toMicros(amount),
      currency: toCurrency(currency),
      reference,
      note,
      actor: actorIn(request),
    }
    const { settlement, repeated } = await database.inTransaction((tx) => proposePayout(tx, order))
    return reply.code(repeated ? 200 : 201).send(await written(settlement))
  })

  const giveBack = {
    ...shared,
    summary: 'Propose that a payout came back from the bank; another person approves',
    params: IdPath,
    body: ProposeReturnBody,
    response: { 200: Settlement, 201: Settlement, ...refusals(401, 403, 404, 409, 422) },
  }
  app.post(
    '/operator/settlements/:id/return',
    { ...forOperator('money'), schema: giveBack },
    async (request, reply) => {
      const payoutId = toSettlementId(request.params.id)
      const { reference, note } = request.body
      const order = { payoutId, reference, note, actor: actorIn(request) }
      const { settlement, repeated } = await database.inTransaction((tx) => proposeReturn(tx, order))
      return reply.code(repeated ? 200 : 201).send(await written(settlement))
    },
  )

  const approve = {
    ...shared,
    summary: 'Approve a payout or its return, as another person than who proposed it',
    params: IdPath,
    response: { 200: Settlement, ...refusals(401, 402, 403, 404, 409, 422) },
  }
  app.post(
    '/operator/settlements/:id/approve',
    { ...forOperator('money'), schema: approve },
    async (request) => {
      const order = { id: toSettlementId(request.params.id), actor: actorIn(request) }
      return written((await database.inTransaction((tx) => approveSettlement(tx, order))).settlement)
    },
  )

  const reject = {
    ...shared,
    summary: 'Reject a payout or its return',
    params: IdPath,
    body: ReasonBody,
    response: { 200: Settlement, ...refusals(401, 403, 404, 409, 422) },
  }
  app.post(
    '/operator/settlements/:id/reject',
    { ...forOperator('money'), schema: reject },
    async (request) => {
      const { reason } = request.body
      const order = { id: toSettlementId(request.params.id), reason, actor: actorIn(request) }
      return written((await database.inTransaction((tx) => rejectSettlement(tx, order))).settlement)
    },
  )
}

function toCurrency(text: string): Currency {
  const currency = parseCurrency(text)
  if (currency === undefined) throw new Failure('invalid_currency')
  return currency
}

function toDetailsId(text: string): BankDetailsId {
  return toId<BankDetailsId>(text, 'bank_account_not_found')
}

function toSettlementId(text: string): SettlementId {
  return toId<SettlementId>(text, 'settlement_not_found')
}
