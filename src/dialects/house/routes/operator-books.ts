import { listAudit } from '../../../core/audit/list-audit.ts'
import { checkLedger } from '../../../core/ledger/check-ledger.ts'
import { listTransferLines } from '../../../core/ledger/list-transfer-lines.ts'
import { listWalletEntries } from '../../../core/ledger/list-wallet-entries.ts'
import { trialBalance } from '../../../core/ledger/trial-balance.ts'
import { listMessages } from '../../../core/messages/list-messages.ts'
import { parseId } from '../../../values/ids.ts'
import type { PartnerId, TransferId, WalletId } from '../../../values/ids.ts'
import { printAmount } from '../../../values/money.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toEntry } from '../mapping/partner.ts'
import { toId, toInstant, toInstantOrNull, toPage } from '../mapping/shared.ts'
import {
  AuditQuery,
  AuditReply,
  LedgerCheckReply,
  MessagesQuery,
  MessagesReply,
  PartnerThingPath,
  TransferLinesReply,
  TrialBalanceReply,
} from '../wire/operator.ts'
import { WalletEntriesReply } from '../wire/partner.ts'
import { object, pageQuery, refusals } from '../wire/shared.ts'
import { forOperator } from './access.ts'
import { toPartnerId } from './keys.ts'

const shared = { tags: ['Console: books'] }

/**
 * GET  /operator/audit                 who did what
 * GET  /operator/ledger/trial-balance  what all accounts of a kind hold
 * POST /operator/ledger/check          proves the books
 * GET  /operator/partners/{id}/wallets/{thing}/entries  a wallet's statement
 * GET  /operator/partners/{id}/transfers/{thing}        both sides of a transfer
 * GET  /operator/messages              the outbox of mails and short messages
 */
export function operatorBookRoutes(app: DialectApp, { database }: Services): void {
  const audit = {
    ...shared,
    summary: 'The audit log, newest first',
    querystring: AuditQuery,
    response: { 200: AuditReply, ...refusals(401, 403, 422) },
  }
  app.get('/operator/audit', { ...forOperator('audit'), schema: audit }, async (request) => {
    const { partner_id: given, action, cursor, limit = 25 } = request.query
    const partnerId = given === undefined ? undefined : parseId<PartnerId>(given)
    const filter = { partnerId, action: action === '' ? undefined : action }
    return toPage(await listAudit(database, filter, { cursor, limit }), (line) => ({
      id: line.id,
      at: toInstant(line.at),
      actor: line.actorName ?? line.actor,
      action: line.action,
      partner_id: line.partnerId ?? null,
      subject: line.subject,
      details: line.details,
    }))
  })

  const trial = {
    ...shared,
    summary: 'Trial balance',
    response: { 200: TrialBalanceReply, ...refusals(401) },
  }
  app.get('/operator/ledger/trial-balance', { ...forOperator('read'), schema: trial }, async () => {
    const { balanced, totals } = await trialBalance(database)
    return {
      balanced,
      totals: totals.map(({ kind, currency, total }) => ({ kind, currency, total: printAmount(total) })),
    }
  })

  const entries = {
    ...shared,
    summary: 'A wallet’s entries, newest first',
    params: PartnerThingPath,
    querystring: object(pageQuery),
    response: { 200: WalletEntriesReply, ...refusals(401, 404, 422) },
  }
  app.get(
    '/operator/partners/:id/wallets/:thing/entries',
    { ...forOperator('read'), schema: entries },
    async (request) => {
      const { cursor, limit = 25 } = request.query
      const walletId = toId<WalletId>(request.params.thing, 'wallet_not_found')
      const partnerId = toPartnerId(request.params.id)
      return toPage(await listWalletEntries(database, partnerId, walletId, { cursor, limit }), toEntry)
    },
  )

  const lines = {
    ...shared,
    summary: 'Both sides of a transfer, or of all that an order moved',
    params: PartnerThingPath,
    response: { 200: TransferLinesReply, ...refusals(401, 404) },
  }
  app.get(
    '/operator/partners/:id/transfers/:thing',
    { ...forOperator('read'), schema: lines },
    async (request) => {
      const id = parseId<TransferId>(request.params.thing)
      const found =
        id === undefined ? [] : await listTransferLines(database, toPartnerId(request.params.id), id)
      return {
        data: found.map((line) => ({
          transfer_id: line.transferId,
          kind: line.kind,
          account: line.account,
          amount: printAmount(line.amount),
          currency: line.currency,
          balance_after: line.balanceAfter === null ? null : printAmount(line.balanceAfter),
          order_id: line.orderId,
          reference: line.reference,
          actor: line.actor,
          created_at: toInstant(line.createdAt),
        })),
      }
    },
  )

  const check = {
    ...shared,
    summary: 'Prove the books from the tables alone',
    description:
      'It reads all of the journal; on a very large one use `scrip ledger check`, which has no time limit.',
    response: { 200: LedgerCheckReply, ...refusals(401, 403, 503) },
  }
  app.post('/operator/ledger/check', { ...forOperator('money'), schema: check }, async () => {
    const { ok, checks } = await checkLedger(database)
    return {
      ok,
      checks: checks.map(({ name, detail, offenders }) => ({
        name,
        rule: detail,
        offenders: [...offenders],
      })),
    }
  })

  const messages = {
    ...shared,
    summary: 'The outbox, newest first, without what the messages say',
    querystring: MessagesQuery,
    response: { 200: MessagesReply, ...refusals(401, 422) },
  }
  app.get('/operator/messages', { ...forOperator('read'), schema: messages }, async (request) => {
    const { state, cursor, limit = 25 } = request.query
    return toPage(await listMessages(database, { state }, { cursor, limit }), (one) => ({
      id: one.id,
      channel: one.channel,
      recipient: one.recipient,
      subject: one.subject,
      template: one.template,
      state: one.state,
      tries: one.tries,
      error: one.error ?? null,
      created_at: toInstant(one.createdAt),
      sent_at: toInstantOrNull(one.sentAt),
    }))
  })
}
