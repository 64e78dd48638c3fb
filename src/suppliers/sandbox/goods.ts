import { createHmac } from 'node:crypto'
import type { Goods, Purchase } from '../../core/fulfilment/supplier.ts'
import { printAmount } from '../../values/money.ts'
import { accountOf } from './outcomes.ts'

/** The `count` units that a purchase brings, the same ones at each call. */
export function makeGoods(purchase: Purchase, count: number): Goods[] {
  const account = accountOf(purchase.recipient)
  return Array.from({ length: count }, (_, position) =>
    account === undefined
      ? makeCode(purchase, position)
      : purchase.productCode.endsWith('-PREPAID')
        ? makeToken(purchase, position)
        : makeReceipt(purchase, account, position),
  )
}

function makeCode({ reference }: Purchase, position: number): Goods {
  const signs = [...draw(reference, position, 'code')].slice(0, 16)
  const code = signs.map((byte) => clear.charAt(byte % clear.length)).join('')
  return {
    kind: 'code',
    code: code.replaceAll(/.{4}(?=.)/g, '$&-'),
    serial: `SBX${digits(reference, position, 'serial', 12)}`,
  }
}

/** What a prepaid meter takes: 20 digits that are as good as money. */
function makeToken({ reference }: Purchase, position: number): Goods {
  return {
    kind: 'code',
    code: digits(reference, position, 'token', 20).replaceAll(/.{4}(?=.)/g, '$& '),
    serial: `SBX${digits(reference, position, 'operator', 10)}`,
  }
}

function makeReceipt({ reference, faceValue, currency }: Purchase, account: string, position: number): Goods {
  return {
    kind: 'receipt',
    status: 'success',
    message: `${printAmount(faceValue)} ${currency} were credited to ${account}.`,
    operatorReference: `SBX${digits(reference, position, 'operator', 10)}`,
  }
}

/** Without letters and digits that look alike: 32 of them, so that each byte is as good as any other. */
const clear = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'

function digits(reference: string, position: number, purpose: string, count: number): string {
  const number = BigInt(`0x${draw(reference, position, purpose).toString('hex')}`)
  return (number % 10n ** BigInt(count)).toString().padStart(count, '0')
}

/** 32 bytes that look random. The key is no secret: nothing that is made here has a value. */
function draw(reference: string, position: number, purpose: string): Buffer {
  return createHmac('sha256', 'scrip sandbox').update(`${purpose}/${reference}/${position}`).digest()
}
