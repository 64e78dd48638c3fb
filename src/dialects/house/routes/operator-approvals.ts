import { countPriceProposals } from '../../../core/catalogue/change-prices.ts'
import { countProposedRefunds } from '../../../core/checkout/list-refunds.ts'
import { countOpen } from '../../../core/fulfilment/count-open.ts'
import { countWaitingLines } from '../../../core/funding/count-waiting.ts'
import { countWaitingIdentities } from '../../../core/identity/count-waiting.ts'
import { approveIdentity, rejectIdentity } from '../../../core/identity/decide-identity.ts'
import { openDocument, openIdentity } from '../../../core/identity/find-identity.ts'
import { listIdentities } from '../../../core/identity/list-identities.ts'
import { countOverdraftProposals } from '../../../core/ledger/change-overdraft.ts'
import { countWaiting as countWaitingMessages } from '../../../core/messages/count-waiting.ts'
import { findNames } from '../../../core/partners/find-names.ts'
import { countProposedReversals } from '../../../core/redemptions/list-proposed.ts'
import { countWaitingBankDetails, countWaitingSettlements } from '../../../core/settlements/count-waiting.ts'
import { measureBacklog } from '../../../core/webhooks/measure-backlog.ts'
import { countWaitingWithdrawals } from '../../../core/withdrawals/count-waiting.ts'
import { approveWithdrawal, rejectWithdrawal } from '../../../core/withdrawals/decide-withdrawal.ts'
import { listWithdrawals } from '../../../core/withdrawals/list-withdrawals.ts'
import type { Withdrawal } from '../../../core/withdrawals/withdrawal.ts'
import type { IdentityCheckId, IdentityDocumentId, WithdrawalId } from '../../../values/ids.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toIdentity } from '../mapping/operator.ts'
import { toWithdrawal } from '../mapping/partner.ts'
import { toId, toPage } from '../mapping/shared.ts'
import {
  IdentitiesQuery,
  IdentitiesReply,
  Identity,
  OpenedIdentityReply,
  OperatorOverviewReply,
  OperatorWithdrawal,
  OperatorWithdrawalsReply,
  ReasonBody,
  WithdrawalsQuery,
} from '../wire/operator.ts'
import { Content, IdPath, refusals } from '../wire/shared.ts'
import { actorIn, forOperator } from './access.ts'

const shared = { tags: ['Console: approvals'] }

/**
 * GET  /operator/overview                      what waits for somebody
 * GET  /operator/withdrawals                   money that partners want out
 * POST /operator/withdrawals/{id}/approve      by another person than who asked
 * POST /operator/withdrawals/{id}/reject
 * GET  /operator/identities                    who is behind partners
 * POST /operator/identities/{id}/open          all that was submitted; written down
 * GET  /operator/identity-documents/{id}       a document; written down
 * POST /operator/identities/{id}/approve
 * POST /operator/identities/{id}/reject
 */
export function operatorApprovalRoutes(app: DialectApp, services: Services): void {
  const { database, keyRing, environment } = services

  const overview = {
    ...shared,
    summary: 'What waits for somebody',
    response: { 200: OperatorOverviewReply, ...refusals(401) },
  }
  app.get('/operator/overview', { ...forOperator('read'), schema: overview }, async () => {
    const [withdrawals, identities, lines, open, messages, webhooks] = await Promise.all([
      countWaitingWithdrawals(database),
      countWaitingIdentities(database),
      countWaitingLines(database),
      countOpen(database),
      countWaitingMessages(database),
      measureBacklog(database),
    ])
    const [settlements, details, overdrafts, prices, reversals, refunds] = await Promise.all([
      countWaitingSettlements(database),
      countWaitingBankDetails(database),
      countOverdraftProposals(database),
      countPriceProposals(database),
      countProposedReversals(database),
      countProposedRefunds(database),
    ])
    return {
      waiting: {
        withdrawals: Number(withdrawals.count),
        identities: Number(identities.count),
        bank_lines: Number(lines.count),
        breaks: open.breaks.open + open.breaks.proposed,
        messages: messages.reduce((sum, { waiting }) => sum + waiting, 0),
        webhooks: webhooks.waiting,
        webhooks_oldest_seconds: Math.round(webhooks.oldestSeconds),
        fulfilments: Object.values(open.items).reduce((sum, { count }) => sum + count, 0),
        settlements: Number(settlements.count),
        bank_details: Number(details.count),
        overdrafts,
        prices,
        reversals,
        refunds,
      },
      environment,
    }
  })

  const named = async (withdrawals: readonly Withdrawal[]) => {
    const names = await findNames(
      database,
      withdrawals.map(({ partnerId }) => partnerId),
    )
    return (withdrawal: Withdrawal) => ({
      ...toWithdrawal(withdrawal),
      partner: names.get(withdrawal.partnerId) ?? '',
    })
  }

  const withdrawals = {
    ...shared,
    summary: 'Withdrawals, newest first',
    querystring: WithdrawalsQuery,
    response: { 200: OperatorWithdrawalsReply, ...refusals(401, 422) },
  }
  app.get('/operator/withdrawals', { ...forOperator('read'), schema: withdrawals }, async (request) => {
    const { state, cursor, limit = 25 } = request.query
    const page = await listWithdrawals(database, { partnerId: undefined, state }, { cursor, limit })
    return toPage(page, await named(page.rows))
  })

  const approve = {
    ...shared,
    summary: 'Approve a withdrawal, as another person than who asked for it',
    params: IdPath,
    response: { 200: OperatorWithdrawal, ...refusals(401, 403, 404, 409) },
  }
  app.post(
    '/operator/withdrawals/:id/approve',
    { ...forOperator('money'), schema: approve },
    async (request) => {
      const order = { id: toWithdrawalId(request.params.id), actor: actorIn(request) }
      const { withdrawal } = await database.inTransaction((tx) => approveWithdrawal(tx, order))
      return (await named([withdrawal]))(withdrawal)
    },
  )

  const reject = {
    ...shared,
    summary: 'Reject a withdrawal; the partner is told why',
    params: IdPath,
    body: ReasonBody,
    response: { 200: OperatorWithdrawal, ...refusals(401, 403, 404, 409, 422) },
  }
  app.post(
    '/operator/withdrawals/:id/reject',
    { ...forOperator('money'), schema: reject },
    async (request) => {
      const { reason } = request.body
      const order = { id: toWithdrawalId(request.params.id), reason, actor: actorIn(request) }
      const { withdrawal } = await database.inTransaction((tx) => rejectWithdrawal(tx, order))
      return (await named([withdrawal]))(withdrawal)
    },
  )

  const identities = {
    ...shared,
    summary: 'Proofs of identity, newest first',
    querystring: IdentitiesQuery,
    response: { 200: IdentitiesReply, ...refusals(401, 422) },
  }
  app.get('/operator/identities', { ...forOperator('read'), schema: identities }, async (request) => {
    const { state, cursor, limit = 25 } = request.query
    const page = await listIdentities(database, state, { cursor, limit })
    const names = await findNames(
      database,
      page.rows.map(({ partnerId }) => partnerId),
    )
    return toPage(page, (check) => toIdentity(check, names.get(check.partnerId) ?? ''))
  })

  const open = {
    ...shared,
    summary: 'All that was submitted; the audit log keeps who looked',
    params: IdPath,
    response: { 200: OpenedIdentityReply, ...refusals(401, 403, 404) },
  }
  app.post('/operator/identities/:id/open', { ...forOperator('identity'), schema: open }, async (request) => {
    const order = { id: toCheckId(request.params.id), actor: actorIn(request) }
    const { check, details, documents } = await database.inTransaction((tx) =>
      openIdentity(tx, keyRing, order),
    )
    return {
      id: check.id,
      legal_name: check.legalName,
      officer_name: details.officerName,
      officer_birth_date: details.officerBirthDate,
      registration_number: details.registrationNumber,
      country: details.country,
      address: details.address,
      documents: documents.map((one) => ({
        id: one.id,
        name: one.name,
        media_type: one.mediaType,
        size_bytes: one.sizeBytes,
      })),
    }
  })

  const document = {
    ...shared,
    summary: 'A document’s content; the audit log keeps who looked',
    params: IdPath,
    response: { 200: Content, ...refusals(401, 403, 404) },
  }
  app.get(
    '/operator/identity-documents/:id',
    { ...forOperator('identity'), schema: document },
    async (request, reply) => {
      const id = toId<IdentityDocumentId>(request.params.id, 'identity_not_found')
      const found = await database.inTransaction((tx) =>
        openDocument(tx, keyRing, { id, actor: actorIn(request) }),
      )
      return (
        reply
          .type(found.mediaType)
          // Whatever a partner sent is shown as nothing but what it is, and is never run.
          .header('content-disposition', 'attachment')
          .header('content-security-policy', "default-src 'none'; sandbox")
          .send(found.content)
      )
    },
  )

  const approveId = {
    ...shared,
    summary: 'Approve a proof of identity, as another person than who submitted it',
    params: IdPath,
    response: { 200: Identity, ...refusals(401, 403, 404, 409) },
  }
  app.post(
    '/operator/identities/:id/approve',
    { ...forOperator('identity'), schema: approveId },
    async (request) => {
      const order = { id: toCheckId(request.params.id), actor: actorIn(request) }
      const { check } = await database.inTransaction((tx) => approveIdentity(tx, order))
      return toIdentity(check, (await findNames(database, [check.partnerId])).get(check.partnerId) ?? '')
    },
  )

  const rejectId = {
    ...shared,
    summary: 'Reject a proof of identity; the partner is told why, and may submit again',
    params: IdPath,
    body: ReasonBody,
    response: { 200: Identity, ...refusals(401, 403, 404, 409, 422) },
  }
  app.post(
    '/operator/identities/:id/reject',
    { ...forOperator('identity'), schema: rejectId },
    async (request) => {
      const { reason } = request.body
      const order = { id: toCheckId(request.params.id), reason, actor: actorIn(request) }
      const { check } = await database.inTransaction((tx) => rejectIdentity(tx, order))
      return toIdentity(check, (await findNames(database, [check.partnerId])).get(check.partnerId) ?? '')
    },
  )
}

function toWithdrawalId(text: string): WithdrawalId {
  return toId<WithdrawalId>(text, 'withdrawal_not_found')
}

function toCheckId(text: string): IdentityCheckId {
  return toId<IdentityCheckId>(text, 'identity_not_found')
}
