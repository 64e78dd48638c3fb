import { newId } from '../../platform/ids.ts'
import { isDay } from '../../values/day.ts'
import type { CodeId } from '../../values/ids.ts'
import type { KeyRing } from '../keys/ring.ts'
import type { CodeText } from '../orders/order.ts'
import type { SealedGoods } from './goods.sql.ts'
import type { Goods } from './supplier.ts'

type Code = Exclude<Goods, { kind: 'receipt' }>

/** Gives a delivered code its id, under which it is sealed for good, and the fingerprint by which it is recognised if it comes again. */
export function sealGoods(keyRing: KeyRing, brandId: number, goods: Code): SealedGoods {
  const id = newId<CodeId>()
  const sealed = keyRing.sealForStock(JSON.stringify(textOf(goods)), id)
  const fingerprint =
    goods.kind === 'esim'
      ? keyRing.fingerprint('esim', goods.iccid)
      : keyRing.fingerprint(String(brandId), goods.code.trim())
  return {
    id,
    fingerprint,
    expiresOn: (goods.kind === 'code' ? goods.expiresOn : undefined) ?? 'infinity',
    ...sealed,
  }
}

/** Whether a supplier's word for a delivered unit can be true at all. */
export function isSound(goods: Goods): boolean {
  switch (goods.kind) {
    case 'code':
      return isText(goods.code) && (goods.expiresOn === undefined || isDay(goods.expiresOn))
    case 'esim':
      return /^\d{18,22}$/.test(goods.iccid) && /^LPA:1\$[^$\s]+\$\S*$/.test(goods.lpa)
    case 'receipt':
      return true
  }
}

function isText(code: string): boolean {
  return code.trim() !== '' && code.length <= 1_000 && !code.includes('\0') && code.isWellFormed()
}

function textOf(goods: Code): CodeText {
  if (goods.kind === 'esim') return { c: goods.iccid, l: goods.lpa }
  return {
    c: goods.code,
    ...(goods.pin === undefined ? {} : { p: goods.pin }),
    ...(goods.serial === undefined ? {} : { s: goods.serial }),
    ...(goods.url === undefined ? {} : { u: goods.url }),
  }
}
