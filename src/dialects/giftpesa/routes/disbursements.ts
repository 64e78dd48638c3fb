import { bookDisbursement } from '../../../core/disbursements/book-disbursement.ts'
import type { BookDisbursement } from '../../../core/disbursements/book-disbursement.ts'
import { findDisbursement, listRecipients } from '../../../core/disbursements/find-disbursement.ts'
import type { Caller } from '../../../core/partners/partner.ts'
import { revealCodes } from '../../../core/vouchers/reveal-codes.ts'
import { callbackProblem } from '../../../core/webhooks/check-endpoint.ts'
import { Failure } from '../../../values/failure.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { walletOf } from '../auth.ts'
import { currency } from '../mapping/amounts.ts'
import { zoneOf } from '../mapping/days.ts'
import { toDisburseReply, toDisbursement, toQueryReply } from '../mapping/disbursements.ts'
import { DisburseBody, DisburseReply, QueryPage, QueryParams, QueryReply } from '../wire/disbursements.ts'
import { refusals } from '../wire/envelope.ts'
import { bearer } from './bearer.ts'
import { inOurWords } from './fields.ts'

const shared = { tags: ['Disbursements'], security: bearer }

/** Whoever has this right sees codes of vouchers: cash that belongs to others. */
const codesScope = 'codes:read'

/**
 * POST /disburse   vouchers to many telephones
 * GET  /query/:id  what became of them
 */
export function disbursementRoutes(app: DialectApp, services: Services): void {
  const { database, keyRing } = services
  const disburse = {
    ...shared,
    summary: 'Create a disbursement',
    body: DisburseBody,
    response: { 200: DisburseReply, ...refusals(400, 403) },
  }
  app.post('/disburse', { schema: disburse, bodyLimit: bodyBytesMost }, async (request) => {
    const command = toCommand(services, request.caller, request.body)
    const { disbursement } = await inOurWords(() => bookDisbursement(database, command)).catch(refuseRepeat)
    return toDisburseReply(disbursement)
  })

  const query = {
    ...shared,
    summary: 'Query a disbursement',
    params: QueryParams,
    querystring: QueryPage,
    response: { 200: QueryReply, ...refusals(400, 404) },
  }
  app.get('/query/:id', { schema: query }, async (request) => {
    const { page = 1, limit = 1_000 } = request.query
    const { partner, scopes } = request.caller
    const disbursement = await findDisbursement(database, partner.id, request.params.id)
    const recipients = await listRecipients(database, disbursement, (page - 1) * limit, limit)
    const ids = scopes.includes(codesScope) ? recipients.flatMap(({ voucherId }) => voucherId ?? []) : []
    const codes = await revealCodes(database, keyRing, partner.id, ids)
    return toQueryReply(disbursement, recipients, codes)
  })
}

/** Throws Failure validation_failed, wallet_not_found. */
function toCommand({ callbackRules }: Services, caller: Caller, body: DisburseBody): BookDisbursement {
  const { problems, ...read } = toDisbursement(body)
  const { callbackUrl } = read
  const urlProblem = callbackUrl === undefined ? undefined : problemOf(callbackUrl, callbackRules)
  const fields =
    urlProblem === undefined ? problems : [...problems, { field: 'CallbackURL', sentence: urlProblem }]
  if (fields.length > 0) throw new Failure('validation_failed', { fields })
  const { partner, scopes, credentialId } = caller
  return {
    ...read,
    partnerId: partner.id,
    externalId: body.DisbursementID,
    dialect: 'giftpesa',
    title: body.DisbursementTitle,
    walletId: walletOf(caller).id,
    currency,
    timeZone: zoneOf(partner.timeZone),
    revealsCodes: scopes.includes(codesScope),
    actor: `key:${credentialId}`,
  }
}

/** https, and http at most to this machine, where that may be called at all. */
function problemOf(url: string, rules: Services['callbackRules']): string | undefined {
  const problem = callbackProblem(url, rules)
  if (problem !== undefined) return problem
  const { protocol, hostname } = new URL(url)
  const isHere = rules.allowLoopback && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
  return protocol === 'https:' || isHere ? undefined : 'The URL must begin with https://.'
}

function refuseRepeat(error: unknown): never {
  if (error instanceof Failure && error.code === 'external_id_conflict')
    throw new Failure('external_id_conflict', { sentence: 'DisbursementID already used' })
  throw error
}

const bodyBytesMost = 10_485_760
