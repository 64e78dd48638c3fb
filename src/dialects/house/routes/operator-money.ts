import { assignLine, ignoreLine } from '../../../core/funding/assign-line.ts'
import { bookLine } from '../../../core/funding/book-line.ts'
import { importBankStatement } from '../../../core/funding/import-bank-statement.ts'
import { listBankLines } from '../../../core/funding/list-bank-lines.ts'
import type { BankLine } from '../../../core/funding/bank.ts'
import { proposeCredit } from '../../../core/funding/propose-credit.ts'
import {
  approveOverdraft,
  changeOverdraft,
  listOverdraftProposals,
  rejectOverdraft,
} from '../../../core/ledger/change-overdraft.ts'
import type { OverdraftProposal as CoreProposal } from '../../../core/ledger/overdraft.ts'
import { findNames } from '../../../core/partners/find-names.ts'
import { withScratchFile } from '../../../platform/files.ts'
import { parseCurrency } from '../../../values/money.ts'
import type { BankLineId, PartnerId, ProposalId, WalletId } from '../../../values/ids.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toBankLine, toOverdraftProposal } from '../mapping/operator.ts'
import { toId, toMicros, toPage } from '../mapping/shared.ts'
import {
  BankLine as BankLineReply,
  BankLinesQuery,
  BankLinesReply,
  BookLineBody,
  CreditBody,
  CreditReply,
  OverdraftBody,
  OverdraftProposal,
  OverdraftProposalsReply,
  OverdraftReply,
} from '../wire/operator.ts'
import { AssignLineBody, NoteBody, StatementBody, StatementReply } from '../wire/cases.ts'
import { IdPath, nothing, object, pageQuery, refusals } from '../wire/shared.ts'
import { actorIn, forOperator } from './access.ts'
import { findPayingWallet } from './catalogue.ts'
import { toPartnerId } from './keys.ts'

const shared = { tags: ['Console: money'] }

/**
 * POST /operator/partners/{id}/credits      writes a payment down, which another person books
 * POST /operator/partners/{id}/overdrafts   less credit at once; more of it is proposed, in a sandbox too
 * GET  /operator/overdrafts                 proposals that wait
 * POST /operator/overdrafts/{id}/approve    by another person
 * POST /operator/overdrafts/{id}/reject
 * GET  /operator/bank-lines                 what moved on our accounts
 * POST /operator/bank-lines/{id}/assign     says whose a line is
 * POST /operator/bank-lines/{id}/ignore     sets one aside
 * POST /operator/bank-statements            imports a bank's file
 * POST /operator/bank-lines/{id}/book       by another person than who brought it in or ever matched it
 */
export function operatorMoneyRoutes(app: DialectApp, services: Services): void {
  const { database } = services
  const nameOf = async (partnerId: PartnerId): Promise<string> =>
    (await findNames(database, [partnerId])).get(partnerId) ?? ''

  const credit = {
    ...shared,
    summary: 'Write down that a partner has paid; another person books it',
    params: IdPath,
    body: CreditBody,
    response: { 201: CreditReply, ...refusals(401, 403, 404, 422) },
  }
  app.post(
    '/operator/partners/:id/credits',
    { ...forOperator('money'), schema: credit },
    async (request, reply) => {
      const partnerId = toPartnerId(request.params.id)
      const { wallet: code, amount, reference, note = '' } = request.body
      const { id: walletId, currency } = await findPayingWallet(services, partnerId, code)
      const order = {
        partnerId,
        walletId,
        currency,
        amount: toMicros(amount),
        reference,
        note,
        day: new Date().toISOString().slice(0, 10),
        actor: actorIn(request),
      }
      const line = await database.inTransaction((tx) => proposeCredit(tx, order))
      return reply.code(201).send({ line_id: line?.id ?? null })
    },
  )

  const overdraft = {
    ...shared,
    summary: 'Set how far a wallet may go below zero',
    description: 'Less of it holds at once; more of it is proposed, and another person approves.',
    params: IdPath,
    body: OverdraftBody,
    response: { 201: OverdraftReply, ...refusals(401, 403, 404, 409, 422) },
  }
  app.post(
    '/operator/partners/:id/overdrafts',
    { ...forOperator('money'), schema: overdraft },
    async (request, reply) => {
      const partnerId = toPartnerId(request.params.id)
      const { wallet: code, limit, note } = request.body
      const { id: walletId } = await findPayingWallet(services, partnerId, code)
      const actor = actorIn(request)
      const order = { partnerId, walletId, limit: toMicros(limit), note, actor, needsSecond: true }
      const done = await database.inTransaction((tx) => changeOverdraft(tx, order))
      return reply.code(201).send({ proposal_id: 'proposalId' in done ? done.proposalId : null })
    },
  )

  const proposals = {
    ...shared,
    summary: 'Higher overdrafts that wait, the longest waiting first',
    querystring: object(pageQuery),
    response: { 200: OverdraftProposalsReply, ...refusals(401, 422) },
  }
  app.get('/operator/overdrafts', { ...forOperator('read'), schema: proposals }, async (request) => {
    const { cursor, limit = 25 } = request.query
    const page = await listOverdraftProposals(database, { cursor, limit })
    const names = await findNames(
      database,
      page.rows.map(({ partnerId }) => partnerId),
    )
    return toPage(page, (one) => toOverdraftProposal(one, names.get(one.partnerId) ?? ''))
  })

  const written = async (proposal: CoreProposal) =>
    toOverdraftProposal(proposal, await nameOf(proposal.partnerId))
  const decision = {
    ...shared,
    params: IdPath,
    response: { 200: OverdraftProposal, ...refusals(401, 403, 404, 409) },
  }
  app.post(
    '/operator/overdrafts/:id/approve',
    {
      ...forOperator('money'),
      schema: { ...decision, summary: 'Give a higher overdraft, as another person' },
    },
    async (request) => {
      const order = { id: toProposalId(request.params.id), actor: actorIn(request) }
      return written((await database.inTransaction((tx) => approveOverdraft(tx, order))).proposal)
    },
  )
  app.post(
    '/operator/overdrafts/:id/reject',
    { ...forOperator('money'), schema: { ...decision, summary: 'Drop a proposal' } },
    async (request) => {
      const order = { id: toProposalId(request.params.id), actor: actorIn(request) }
      return written((await database.inTransaction((tx) => rejectOverdraft(tx, order))).proposal)
    },
  )

  const lines = {
    ...shared,
    summary: 'Bank lines, the longest waiting first',
    querystring: BankLinesQuery,
    response: { 200: BankLinesReply, ...refusals(401, 422) },
  }
  app.get('/operator/bank-lines', { ...forOperator('read'), schema: lines }, async (request) => {
    const { state, cursor, limit = 25 } = request.query
    const page = await listBankLines(database, { state, statementId: undefined }, { cursor, limit })
    const names = await findNames(
      database,
      page.rows.flatMap(({ partnerId }) => partnerId ?? []),
    )
    const partnerOf = ({ partnerId }: BankLine): string | undefined =>
      partnerId === undefined ? undefined : names.get(partnerId)
    return toPage(page, (line) => toBankLine(line, partnerOf(line)))
  })

  const book = {
    ...shared,
    summary: 'Book a line into the wallet whose it is',
    description:
      'By another person than those who brought the line in or ever said whose it is. `wallet_id` is that of the line as it was shown: where somebody has named another since, nothing is booked.',
    params: IdPath,
    body: BookLineBody,
    response: { 200: BankLineReply, ...refusals(401, 403, 404, 409, 422) },
  }
  app.post('/operator/bank-lines/:id/book', { ...forOperator('money'), schema: book }, async (request) => {
    const walletId = toId<WalletId>(request.body.wallet_id, 'wallet_not_found')
    const order = { lineId: toLineId(request.params.id), walletId, actor: actorIn(request) }
    const { line } = await database.inTransaction((tx) => bookLine(tx, order))
    return toBankLine(line, line.partnerId === undefined ? undefined : await nameOf(line.partnerId))
  })

  const assign = {
    ...shared,
    summary: 'Say whose the money of a line is; another person books it',
    params: IdPath,
    body: AssignLineBody,
    response: { 204: nothing, ...refusals(401, 403, 404, 409, 422) },
  }
  app.post(
    '/operator/bank-lines/:id/assign',
    { ...forOperator('money'), schema: assign },
    async (request, reply) => {
      const lineId = toLineId(request.params.id)
      const { partner_id: partner, wallet, note } = request.body
      const partnerId = toPartnerId(partner)
      const { id: walletId } = await findPayingWallet(services, partnerId, wallet)
      const order = { lineId, partnerId, walletId, note, actor: actorIn(request) }
      await database.inTransaction((tx) => assignLine(tx, order))
      return reply.code(204).send(null)
    },
  )

  const ignore = {
    ...shared,
    summary: 'Set a line aside: it is nobody’s',
    params: IdPath,
    body: NoteBody,
    response: { 204: nothing, ...refusals(401, 403, 404, 409, 422) },
  }
  app.post(
    '/operator/bank-lines/:id/ignore',
    { ...forOperator('money'), schema: ignore },
    async (request, reply) => {
      const { note } = request.body
      const order = { lineId: toLineId(request.params.id), note, actor: actorIn(request) }
      await database.inTransaction((tx) => ignoreLine(tx, order))
      return reply.code(204).send(null)
    },
  )

  const statement = {
    ...shared,
    summary: 'Import a bank’s statement: MT940, camt.053 or CSV',
    description:
      'All of it or nothing, and no line twice, in whatever statements it comes. Nothing is booked.',
    body: StatementBody,
    response: { 200: StatementReply, ...refusals(401, 403, 413, 422) },
  }
  app.post(
    '/operator/bank-statements',
    { ...forOperator('money'), schema: statement, bodyLimit: 24 * 1_048_576 },
    async (request) => {
      const { file_name: name, content, account, currency: code } = request.body
      const currency = code === undefined ? undefined : parseCurrency(code)
      const csv = { account, currency, names: {} }
      const actor = actorIn(request)
      const done = await withScratchFile(name, content, (path) =>
        importBankStatement(database, { path, csv, actor }),
      )
      return {
        repeated: done.repeated,
        lines: Number(done.statement.lines),
        known: done.known,
        states: done.states.map(({ state, count }) => ({ state, count: Number(count) })),
      }
    },
  )
}

function toLineId(text: string): BankLineId {
  return toId<BankLineId>(text, 'bank_line_not_found')
}

function toProposalId(text: string): ProposalId {
  return toId<ProposalId>(text, 'proposal_not_found')
}
