import { findMerchantByKey } from '../../../core/merchants/merchant-keys.ts'
import { findTillEvenClosed } from '../../../core/merchants/find-till.ts'
import { redeemAtTill } from '../../../core/redemptions/redeem-at-till.ts'
import type { RedeemAtTill } from '../../../core/redemptions/redeem-at-till.ts'
import { nobodysId } from '../../../core/redemptions/redemption.ts'
import { openRenderer } from '../../../platform/templates.ts'
import { Failure } from '../../../values/failure.ts'
import type { FieldProblem } from '../../../values/failure.ts'
import { printAmount } from '../../../values/money.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { readBearer } from '../auth.ts'
import { currency, readAmount } from '../mapping/amounts.ts'
import { zoneOf } from '../mapping/days.ts'
import { readPhone } from '../mapping/phones.ts'
import { toRedeemReply } from '../mapping/redemptions.ts'
import { refusals } from '../wire/envelope.ts'
import { ExternalRedeemBody, RedeemBody, RedeemReply } from '../wire/redemptions.ts'
import { bearer } from './bearer.ts'
import { inOurWords } from './fields.ts'

const response = { 200: RedeemReply, ...refusals(400) }

/**
 * POST /redeem           takes value out of a telephone's vouchers at a till
 * POST /external/redeem  the same for an outside paybill, with the merchant's own key
 */
export function redemptionRoutes(app: DialectApp, services: Services): void {
  const { database, keyRing } = services
  const parts = { database, keyRing, renderer: openRenderer() }
  const redeem = async (command: RedeemAtTill, timeZone: string) => {
    const { redemption } = await inOurWords(() => redeemAtTill(parts, command)).catch(inTheirWords)
    return toRedeemReply(redemption, timeZone)
  }

  const own = { tags: ['Redeem'], summary: 'Redeem at a till', security: bearer, body: RedeemBody, response }
  app.post('/redeem', { schema: own }, async (request) => {
    const { partner, credentialId } = request.caller
    const { body } = request
    const command = {
      ...readShared(body),
      partnerId: partner.id,
      issuerId: partner.id,
      mode: 'api',
      transactionId: body.TransactionID,
      name: body.Name,
      actor: `key:${credentialId}`,
    } as const
    return redeem(command, zoneOf(partner.timeZone))
  })

  const external = {
    tags: ['Redeem'],
    summary: 'Redeem from an outside paybill',
    description: '`Authorization: Bearer <the merchant’s own key>`.',
    security: [],
    body: ExternalRedeemBody,
    response,
  }
  app.post(
    '/external/redeem',
    {
      schema: external,
      config: { open: true },
      // Before the body is looked at, as everywhere.
      preValidation: async (request) => void (await findMerchantByKey(database, readBearer(request))),
    },
    async (request) => {
      const merchant = await findMerchantByKey(database, readBearer(request))
      const { body } = request
      const shared = readShared(body)
      const till = await findTillEvenClosed(database, shared.tillNumber).catch(inTheirWords)
      // Another merchant's till answers as one that is not there.
      if (till.merchant.id !== merchant.id) inTheirWords(new Failure('till_not_found'))
      const command = {
        ...shared,
        requestKey: `${shared.requestKey} ${body.MpesaCode}`,
        partnerId: nobodysId,
        issuerId: undefined,
        mode: 'external',
        transactionId: body.TransactionID ?? body.MpesaCode,
        mpesaCode: body.MpesaCode,
        name: body.Name ?? '',
        actor: `merchant:${merchant.code}`,
      } as const
      return redeem(command, zoneOf('UTC'))
    },
  )
}

/** What both calls say. Throws Failure validation_failed. */
function readShared(body: RedeemBody | ExternalRedeemBody) {
  const fields: FieldProblem[] = []
  const phone = readPhone(body.Phone)
  if (phone === undefined) fields.push({ field: 'Phone', sentence: 'Phone must be a Kenyan number.' })
  const amount = readAmount(body.Amount)
  if (amount === undefined)
    fields.push({ field: 'Amount', sentence: 'Amount must be above zero, with at most 6 fraction digits.' })
  if (phone === undefined || amount === undefined) throw new Failure('validation_failed', { fields })
  const tillNumber = String(body.TillNo).trim()
  const remarks = body.Remarks ?? ''
  const key = [phone, printAmount(amount), tillNumber, body.Name ?? '', remarks]
  return { phone, amount, tillNumber, remarks, currency, requestKey: JSON.stringify(key) }
}

function inTheirWords(error: unknown): never {
  if (!(error instanceof Failure)) throw error
  if (error.code === 'till_not_found') {
    const fields = [{ field: 'TillNo', sentence: 'There is no such till.' }]
    throw new Failure('validation_failed', { fields, cause: error })
  }
  if (error.code === 'external_id_conflict') {
    const sentence = error.sentence.includes('code was used')
      ? 'MpesaCode already used'
      : 'TransactionID already used'
    throw new Failure('external_id_conflict', { sentence })
  }
  throw error
}
