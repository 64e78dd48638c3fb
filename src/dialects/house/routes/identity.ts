import { listDedicatedAccounts } from '../../../core/funding/list-accounts.ts'
import { findLatestIdentity } from '../../../core/identity/find-identity.ts'
import { submitIdentity } from '../../../core/identity/submit-identity.ts'
import type { PartnerId } from '../../../values/ids.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toInstantOrNull } from '../mapping/shared.ts'
import { IdentityReply, SubmitIdentityBody } from '../wire/partner.ts'
import { refusals } from '../wire/shared.ts'
import { actorIn, forPartner, partnerOf } from './access.ts'

const shared = { tags: ['Identity'] }

/**
 * GET  /identity  how far the proof of who is behind the account is, and the bank accounts that are the partner's alone
 * POST /identity  submits it
 */
export function identityRoutes(app: DialectApp, { database, keyRing }: Services): void {
  const show = async (partnerId: PartnerId) => {
    const latest = await findLatestIdentity(database, partnerId)
    const accounts = await listDedicatedAccounts(database, partnerId)
    return {
      state: latest?.state ?? ('none' as const),
      kind: latest?.kind ?? null,
      legal_name: latest?.legalName ?? null,
      reason: latest?.reason ?? '',
      submitted_at: toInstantOrNull(latest?.createdAt),
      accounts: accounts.map((account) => ({
        currency: account.currency,
        bank_name: account.bankName,
        account_name: account.accountName,
        account_number: account.accountNumber,
        bank_code: account.bankCode,
      })),
    }
  }

  const find = {
    ...shared,
    summary: 'Proof of identity, and dedicated bank accounts',
    response: { 200: IdentityReply, ...refusals(401) },
  }
  app.get('/identity', { ...forPartner('read'), schema: find }, (request) => show(partnerOf(request)))

  const submit = {
    ...shared,
    summary: 'Submit who is behind the account, with documents',
    body: SubmitIdentityBody,
    response: { 201: IdentityReply, ...refusals(401, 403, 409, 413, 422) },
  }
  app.post(
    '/identity',
    { ...forPartner('people'), schema: submit, bodyLimit: 70 * 1_048_576 },
    async (request, reply) => {
      const { body } = request
      const partnerId = partnerOf(request)
      await database.inTransaction((tx) =>
        submitIdentity(tx, keyRing, {
          partnerId,
          kind: body.kind,
          legalName: body.legal_name,
          details: {
            officerName: body.officer_name,
            officerBirthDate: body.officer_birth_date ?? '',
            registrationNumber: body.registration_number ?? '',
            country: body.country,
            address: body.address ?? '',
          },
          documents: body.documents.map(({ name, content }) => ({
            name,
            content: Buffer.from(content, 'base64'),
          })),
          actor: actorIn(request),
        }),
      )
      return reply.code(201).send(await show(partnerId))
    },
  )
}
