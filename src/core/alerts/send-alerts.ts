import type { Database, Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { openRenderer } from '../../platform/templates.ts'
import type { PartnerId } from '../../values/ids.ts'
import { printAmount } from '../../values/money.ts'
import type { KeyRing } from '../keys/ring.ts'
import { houseId } from '../messages/message.ts'
import { sendMessage } from '../messages/send-message.ts'
import type { TemplateCall } from '../messages/templates.ts'
import { claimLowSkus, claimLowWallets, resetAlerts, selectTold } from './alerts.sql.ts'

/**
 * Mails those who asked for it that a wallet or the stock of a SKU has fallen below its mark: once each time, whoever runs it and
 * however often. What has nobody to be told is marked all the same. @returns how many falls were seen
 */
export async function sendAlerts(database: Database, keyRing: KeyRing): Promise<number> {
  await resetAlerts(database)
  let seen = 0
  for (let lots = 0; lots < lotsMost; lots += 1) {
    const found = await database.inTransaction((tx) => sendLot(tx, keyRing))
    seen += found
    if (found === 0) break
  }
  return seen
}

async function sendLot(tx: Tx, keyRing: KeyRing): Promise<number> {
  const wallets = await claimLowWallets(tx, lotSize)
  for (const { partnerId, code, currency, left } of wallets)
    await tell(tx, keyRing, partnerId, ['owner'], {
      template: 'low_balance',
      facts: { wallet: code, currency, balance: printAmount(left) },
    })
  const skus = await claimLowSkus(tx, lotSize)
  for (const { code, left } of skus)
    await tell(tx, keyRing, houseId, ['admin', 'catalogue'], {
      template: 'low_stock',
      facts: { sku: code, left: Number(left) },
    })
  return wallets.length + skus.length
}

async function tell(
  tx: Tx,
  keyRing: KeyRing,
  partnerId: PartnerId,
  roles: readonly string[],
  call: TemplateCall,
): Promise<void> {
  for (const { email, locale } of await selectTold(tx, partnerId, roles)) {
    const reference = `alert:${newId()}`
    await sendMessage(tx, keyRing, renderer, {
      partnerId,
      channel: 'mail',
      to: email,
      locale,
      reference,
      ...call,
    })
  }
}

const renderer = openRenderer()
const lotSize = 100
/** The rest is for the next run. */
const lotsMost = 100
