import { backup } from './backup.ts'
import { bank } from './bank.ts'
import { breaks } from './breaks.ts'
import { calls } from './calls.ts'
import { checkout } from './checkout.ts'
import { catalogue } from './catalogue.ts'
import type { Command } from './command.ts'
import { demo } from './demo.ts'
import { disbursement } from './disbursement.ts'
import { doctor } from './doctor.ts'
import { fulfilment } from './fulfilment.ts'
import { funding } from './funding.ts'
import { key } from './key.ts'
import { kyc } from './kyc.ts'
import { ledger } from './ledger.ts'
import { merchant } from './merchant.ts'
import { messages } from './messages.ts'
import { migrate } from './migrate.ts'
import { partner } from './partner.ts'
import { plan } from './plan.ts'
import { payer } from './payer.ts'
import { redemption } from './redemption.ts'
import { reconcile } from './reconcile.ts'
import { restore } from './restore.ts'
import { seller } from './seller.ts'
import { server } from './server.ts'
import { stock } from './stock.ts'
import { supplier } from './supplier.ts'
import { till } from './till.ts'
import { up } from './up.ts'
import { ussd } from './ussd.ts'
import { user } from './user.ts'
import { voucher } from './voucher.ts'
import { wallet } from './wallet.ts'
import { webhooks } from './webhooks.ts'
import { withdrawal } from './withdrawal.ts'
import { worker } from './worker.ts'

/** Every command, in the order of the help text: what runs the product, what it holds, how to keep it safe. */
export const commands: readonly Command[] = [
  up,
  server,
  worker,
  migrate,
  demo,
  partner,
  plan,
  key,
  wallet,
  kyc,
  funding,
  bank,
  withdrawal,
  stock,
  supplier,
  fulfilment,
  breaks,
  reconcile,
  seller,
  payer,
  checkout,
  merchant,
  till,
  ussd,
  disbursement,
  voucher,
  redemption,
  catalogue,
  webhooks,
  calls,
  ledger,
  messages,
  user,
  backup,
  restore,
  doctor,
]
