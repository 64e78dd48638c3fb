import { askEsimStatus } from '../../../core/fulfilment/ask-esim-status.ts'
import { findEsim } from '../../../core/fulfilment/find-esim.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { newIdentity } from '../identity.ts'
import { toSuccess } from '../mapping/envelope.ts'
import { toEsimReply } from '../mapping/esims.ts'
import { refusals, success } from '../wire/envelope.ts'
import { EsimPath, EsimReply } from '../wire/esims.ts'
import { signed } from './signed.ts'

/** GET /api/v1/Report/Esim/Details/{iccid}  how an eSIM is doing */
export function esimRoutes(app: DialectApp, { database, suppliers }: Services): void {
  const details = {
    tags: ['eSIMs'],
    security: signed,
    summary: 'How an eSIM is doing',
    params: EsimPath,
    response: { 200: success(EsimReply), ...refusals(404) },
  }
  app.get('/api/v1/Report/Esim/Details/:iccid', { schema: details }, async (request) => {
    const esim = await findEsim(database, request.caller.partner.id, request.params.iccid)
    const status = await askEsimStatus(suppliers, esim)
    const identity = newIdentity()
    return toSuccess(identity, toEsimReply(esim, status, identity.at))
  })
}
