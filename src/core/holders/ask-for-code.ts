import type { Database, Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { randomCharacters, sha256 } from '../../platform/secrets.ts'
import type { Renderer } from '../../platform/templates.ts'
import { Failure } from '../../values/failure.ts'
import type { OneTimeCodeId } from '../../values/ids.ts'
import type { Locale } from '../../values/locale.ts'
import { printAmount } from '../../values/money.ts'
import type { Currency } from '../../values/money.ts'
import type { KeyRing } from '../keys/ring.ts'
import { findTill } from '../merchants/find-till.ts'
import { houseId } from '../messages/message.ts'
import { sendMessage } from '../messages/send-message.ts'
import type { TemplateCall } from '../messages/templates.ts'
import { limitAsks } from '../redemptions/limit-asks.ts'
import { listSpendable } from '../vouchers/list-spendable.ts'
import { isPhone } from '../vouchers/voucher.ts'
import { fingerprintOfOneTimeCode } from './fingerprint-of-one-time-code.ts'
import { insertCode } from './holders.sql.ts'
import { asksMost, codeLifeMinutes } from './holder.ts'
import type { CodePurpose, HolderPayment } from './holder.ts'

export type HolderParts = {
  readonly database: Database
  readonly keyRing: KeyRing
  readonly renderer: Renderer
}

export type AskForCode = {
  readonly purpose: CodePurpose
  /** E.164. */
  readonly phone: string
  /** A page that was opened, or a step in a session of a menu: the same asks once, however often it does. */
  readonly requestKey: string
  /** From where it was asked for, where that is known; it may ask only so often, too. */
  readonly address: string | undefined
  readonly currency: Currency
  /** What the code pays, where the owner pays in a menu. */
  readonly payment: HolderPayment | undefined
  readonly locale: Locale
}

/**
 * Sends a code of six digits to a telephone that has something to spend; to another nothing is sent, and the caller does not learn which it
 * was. The same request again sends nothing.
 *
 * Five an hour for a telephone, thirty from an address. Throws Failure validation_failed, till_not_found, too_many_failures.
 */
export async function askForCode(parts: HolderParts, command: AskForCode): Promise<void> {
  const { purpose, phone, requestKey, address, payment } = command
  if (!isPhone(phone)) {
    const fields = [{ field: 'phone', sentence: 'It is not a telephone number.' }]
    throw new Failure('validation_failed', { fields })
  }
  await parts.database.inTransaction(async (tx) => {
    const id = newId<OneTimeCodeId>()
    const code = randomCharacters('0123456789', 6)
    const isFirst = await insertCode(tx, {
      id,
      purpose,
      phone,
      requestHash: sha256(requestKey),
      codeHash: fingerprintOfOneTimeCode(parts.keyRing, id, code),
      payment,
      lifeMinutes: codeLifeMinutes,
    })
    if (!isFirst) return
    // Always in this order, so that two never wait for each other; an address that has asked enough locks no telephone.
    if (address !== undefined) await limitAsks(tx, `ask-from:${address}`, asksMost.address)
    await limitAsks(tx, `ask:${purpose}:${phone}`, asksMost.phone)
    const { worth } = await listSpendable(tx, command)
    if (worth > 0n) await send(tx, parts, command, { id, code })
  })
}

async function send(
  tx: Tx,
  { keyRing, renderer }: HolderParts,
  { phone, locale, payment }: AskForCode,
  { id, code }: { readonly id: OneTimeCodeId; readonly code: string },
): Promise<void> {
  const call = payment === undefined ? openingOf(code) : await payingOf(tx, code, payment)
  const reference = `one-time-code:${id}`
  await sendMessage(tx, keyRing, renderer, {
    partnerId: houseId,
    channel: 'sms',
    to: phone,
    locale,
    reference,
    ...call,
  })
}

function openingOf(code: string): TemplateCall {
  return { template: 'holder_code', facts: { code, minutes: codeLifeMinutes } }
}

async function payingOf(
  tx: Tx,
  code: string,
  { tillNumber, amount, currency }: HolderPayment,
): Promise<TemplateCall> {
  const { merchant, name } = await findTill(tx, tillNumber)
  const facts = {
    code,
    amount: printAmount(amount),
    currency,
    merchant: merchant.name,
    till: name,
    minutes: codeLifeMinutes,
  }
  return { template: 'payment_code', facts }
}
