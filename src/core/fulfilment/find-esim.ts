import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId } from '../../values/ids.ts'
import { isIccid, planBytes } from './esim.ts'
import type { Esim } from './esim.ts'
import { selectEsim, selectPackages } from './esims.sql.ts'
import { referenceOf } from './fulfilment.ts'

/** One of the partner's eSIMs. Throws Failure esim_not_found, for another partner's too. */
export async function findEsim(db: Db, partnerId: PartnerId, iccid: string): Promise<Esim> {
  const row = isIccid(iccid) ? await selectEsim(db, partnerId, iccid) : undefined
  if (row === undefined) throw new Failure('esim_not_found')
  const packages = await selectPackages(db, partnerId, iccid)
  const { supplierReference, coverage, ...esim } = row
  return {
    ...esim,
    partnerId,
    iccid,
    supplierReference: supplierReference ?? undefined,
    coverage: typeof coverage === 'string' ? coverage.split(',').filter((code) => code !== '') : [],
    packages: packages.map((one) => ({
      reference: referenceOf({ orderId: one.orderId, item: 1 }),
      productCode: one.productCode,
      name: one.name,
      dataBytes: planBytes(one.dataGb),
      validityDays: typeof one.validityDays === 'number' ? one.validityDays : 0,
      boughtAt: one.boughtAt,
    })),
  }
}
