import { bookDisbursement } from '../../../core/disbursements/book-disbursement.ts'
import { feeOf } from '../../../core/disbursements/disbursement.ts'
import { findFees } from '../../../core/disbursements/find-fees.ts'
import { listRecipients } from '../../../core/disbursements/find-disbursement.ts'
import { findDisbursementById, listDisbursements } from '../../../core/disbursements/list-disbursements.ts'
import { readRecipients } from '../../../core/disbursements/read-recipients.ts'
import type { RecipientsFile } from '../../../core/disbursements/read-recipients.ts'
import { availableBalance } from '../../../core/ledger/ledger.ts'
import { findPartner } from '../../../core/partners/find-partner.ts'
import { withScratchFile } from '../../../platform/files.ts'
import { Failure } from '../../../values/failure.ts'
import type { DisbursementId } from '../../../values/ids.ts'
import { printAmount } from '../../../values/money.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toDisbursement, toRecipient } from '../mapping/disbursements.ts'
import { toId, toPage } from '../mapping/shared.ts'
import {
  DisburseBody,
  Disbursement,
  DisbursementsReply,
  PreviewBody,
  PreviewReply,
  RecipientsQuery,
  RecipientsReply,
} from '../wire/disbursements.ts'
import { IdPath, object, pageQuery, refusals } from '../wire/shared.ts'
import { actorIn, forPartner, partnerOf } from './access.ts'
import { findPayingWallet } from './catalogue.ts'

const shared = { tags: ['Disbursements'] }
const bodyLimit = 16 * 1_048_576

/**
 * GET  /disbursements                   vouchers to many telephones, newest first
 * POST /disbursements/preview           what a file of recipients would cost, and what is wrong with it
 * POST /disbursements                   pays for it, all or nothing
 * GET  /disbursements/{id}              how far it is
 * GET  /disbursements/{id}/recipients   what became of each
 */
export function disbursementRoutes(app: DialectApp, services: Services): void {
  const { database } = services

  const list = {
    ...shared,
    summary: 'Disbursements, newest first',
    querystring: object(pageQuery),
    response: { 200: DisbursementsReply, ...refusals(401, 422) },
  }
  app.get('/disbursements', { ...forPartner('read'), schema: list }, async (request) => {
    const { cursor, limit = 25 } = request.query
    return toPage(await listDisbursements(database, partnerOf(request), { cursor, limit }), toDisbursement)
  })

  const preview = {
    ...shared,
    summary: 'What a file of recipients would cost',
    description: 'Nothing is booked. Every line that cannot be taken is told, up to the first 100.',
    body: PreviewBody,
    response: { 200: PreviewReply, ...refusals(401, 403, 404, 413, 422) },
  }
  app.post(
    '/disbursements/preview',
    { ...forPartner('buy'), schema: preview, bodyLimit },
    async (request) => {
      const partnerId = partnerOf(request)
      const wallet = await findPayingWallet(services, partnerId, request.body.wallet)
      const { recipients, amount, problems } = await readFile(request.body)
      const fee = feeOf(await findFees(database, partnerId), recipients.length, amount)
      return {
        recipients: recipients.length,
        amount: printAmount(amount),
        fee: printAmount(fee),
        currency: wallet.currency,
        available: printAmount(availableBalance(wallet)),
        problems: problems.slice(0, problemsTold).map(({ line, sentence }) => ({ line, detail: sentence })),
        problems_count: problems.length,
        sample: recipients
          .slice(0, 10)
          .map(({ name, phone, amount: each }) => ({ name, phone, amount: printAmount(each) })),
      }
    },
  )

  const book = {
    ...shared,
    summary: 'Send vouchers to the recipients of a file',
    description:
      'All of them are paid for in one transaction, and issued in the background. One line that cannot be taken refuses the file. The same `external_id` and file again answer the first.',
    body: DisburseBody,
    response: { 200: Disbursement, 201: Disbursement, ...refusals(401, 402, 403, 404, 409, 413, 422) },
  }
  app.post('/disbursements', { ...forPartner('buy'), schema: book, bodyLimit }, async (request, reply) => {
    const { body } = request
    const partnerId = partnerOf(request)
    const wallet = await findPayingWallet(services, partnerId, body.wallet)
    const { recipients, problems, hash } = await readFile(body)
    if (problems.length > 0)
      throw new Failure('validation_failed', {
        fields: problems
          .slice(0, problemsTold)
          .map(({ line, sentence }) => ({ field: `line ${line}`, sentence })),
      })
    const { external_id: externalId, title, starts_on: startsOn, ends_on: endsOn, merchants = [] } = body
    const { timeZone } = await findPartner(database, { id: partnerId })
    const isSilent = body.is_silent ?? false
    const { calling_code: callingCode = '' } = body
    const { disbursement, repeated } = await bookDisbursement(database, {
      partnerId,
      externalId,
      dialect: 'house',
      title,
      walletId: wallet.id,
      currency: wallet.currency,
      startsOn,
      endsOn,
      timeZone,
      merchants,
      isExternal: false,
      isSilent,
      callbackUrl: undefined,
      revealsCodes: false,
      recipients,
      requestKey: JSON.stringify([
        hash,
        callingCode,
        wallet.id,
        title,
        startsOn,
        endsOn,
        merchants,
        isSilent,
      ]),
      actor: actorIn(request),
    })
    return reply.code(repeated ? 200 : 201).send(toDisbursement(disbursement))
  })

  const find = {
    ...shared,
    summary: 'How far a disbursement is',
    params: IdPath,
    response: { 200: Disbursement, ...refusals(401, 404) },
  }
  app.get('/disbursements/:id', { ...forPartner('read'), schema: find }, async (request) =>
    toDisbursement(
      await findDisbursementById(database, partnerOf(request), toDisbursementId(request.params.id)),
    ),
  )

  const recipients = {
    ...shared,
    summary: 'Recipients in their order, and what is left of their vouchers',
    params: IdPath,
    querystring: RecipientsQuery,
    response: { 200: RecipientsReply, ...refusals(401, 404, 422) },
  }
  app.get('/disbursements/:id/recipients', { ...forPartner('read'), schema: recipients }, async (request) => {
    const { after = 0, limit = 100 } = request.query
    const found = await findDisbursementById(
      database,
      partnerOf(request),
      toDisbursementId(request.params.id),
    )
    const rows = await listRecipients(database, found, after, limit)
    const last = rows.at(-1)?.position
    const isWhole = last === undefined || last >= found.recipientsCount
    return { data: rows.map(toRecipient), next_after: isWhole ? null : last }
  })
}

const problemsTold = 100

function readFile(body: {
  readonly file_name: string
  readonly content: string
  readonly calling_code?: string
}): Promise<RecipientsFile> {
  return withScratchFile(body.file_name, body.content, (path) => readRecipients(path, body.calling_code))
}

function toDisbursementId(text: string): DisbursementId {
  return toId<DisbursementId>(text, 'disbursement_not_found')
}
