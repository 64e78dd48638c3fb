import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { Renderer } from '../../platform/templates.ts'
import { Failure } from '../../values/failure.ts'
import type { MessageId, VoucherId } from '../../values/ids.ts'
import { printAmount } from '../../values/money.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { KeyRing } from '../keys/ring.ts'
import { sendMessage } from '../messages/send-message.ts'
import { findPartner } from '../partners/find-partner.ts'
import { findVoucher } from './find-voucher.ts'
import { revealCodes } from './reveal-codes.ts'

/**
 * Sends a voucher's code to its telephone again, silent ones too: somebody has asked for it. Audited.
 * Throws Failure voucher_not_found, also for one that is spent or has ended.
 */
export async function resendVoucher(
  tx: Tx,
  { keyRing, renderer }: { readonly keyRing: KeyRing; readonly renderer: Renderer },
  command: { readonly voucherId: VoucherId; readonly note: string; readonly actor: string },
): Promise<MessageId> {
  const { voucherId, note, actor } = command
  const voucher = await findVoucher(tx, voucherId)
  if (voucher.balance === 0n)
    throw new Failure('voucher_not_found', { sentence: 'There is nothing left of the voucher.' })
  const { partnerId } = voucher
  const code = (await revealCodes(tx, keyRing, partnerId, [voucherId])).get(voucherId)
  if (code === undefined) throw new Error('The voucher has no code.')
  const { name: company, locale } = await findPartner(tx, { id: partnerId })
  const { messageId } = await sendMessage(tx, keyRing, renderer, {
    partnerId,
    channel: 'sms',
    to: voucher.phone,
    locale,
    reference: `voucher-again:${newId()}`,
    template: 'voucher_issued',
    facts: {
      amount: printAmount(voucher.balance),
      currency: voucher.currency,
      code,
      company,
      // It ends with the day before that instant.
      expires: new Date(voucher.endsAt.getTime() - 1).toISOString().slice(0, 10),
    },
  })
  await recordAudit(tx, {
    actor,
    action: 'voucher.resent',
    partnerId,
    subject: voucherId,
    details: { note, messageId },
  })
  return messageId
}
