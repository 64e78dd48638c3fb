import { newId } from '../../platform/ids.ts'
import type { CodeId } from '../../values/ids.ts'
import type { KeyRing } from '../keys/ring.ts'
import { toCodeText } from './stock.ts'
import type { NewCode, SealedStockCode, StockSku } from './stock.ts'

/** Gives a code its id, under which it is sealed for good, and its fingerprint within the brand. */
export function sealCode(keyRing: KeyRing, sku: StockSku, code: NewCode): SealedStockCode {
  const id = newId<CodeId>()
  const sealed = keyRing.sealForStock(JSON.stringify(toCodeText(code)), id)
  return {
    id,
    fingerprint: keyRing.fingerprint(String(sku.brandId), code.code),
    expiresOn: code.expiresOn ?? 'infinity',
    ...sealed,
  }
}
