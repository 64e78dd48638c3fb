import { buildReportsJob } from './build-reports.ts'
import { checkLedgerJob } from './check-ledger.ts'
import { collectInstalmentsJob } from './collect-instalments.ts'
import { expireCheckoutsJob } from './expire-checkouts.ts'
import { expireCodesJob } from './expire-codes.ts'
import { expireVouchersJob } from './expire-vouchers.ts'
import type { Job } from './job.ts'
import { forgetAnswersJob } from './forget-answers.ts'
import { forgetExportsJob } from './forget-exports.ts'
import { forgetHoldersJob } from './forget-holders.ts'
import { forgetNoncesJob } from './forget-nonces.ts'
import { forgetSessionsJob } from './forget-sessions.ts'
import { forgetTokensJob } from './forget-tokens.ts'
import { forgetValidationsJob } from './forget-validations.ts'
import { forgetWebhooksJob } from './forget-webhooks.ts'
import { keepPartitionsJob } from './keep-partitions.ts'
import { purgeMessagesJob } from './purge-messages.ts'
import { rollUpAccountsJob } from './roll-up-accounts.ts'
import { rollUpStockJob } from './roll-up-stock.ts'
import { sendAlertsJob } from './send-alerts.ts'
import { sendOrderMailsJob } from './send-order-mails.ts'
import { syncSuppliersJob } from './sync-suppliers.ts'

/** Every background job. */
export const jobs: readonly Job[] = [
  buildReportsJob,
  checkLedgerJob,
  rollUpAccountsJob,
  rollUpStockJob,
  expireCodesJob,
  expireVouchersJob,
  keepPartitionsJob,
  purgeMessagesJob,
  forgetAnswersJob,
  forgetExportsJob,
  forgetHoldersJob,
  forgetNoncesJob,
  forgetSessionsJob,
  forgetTokensJob,
  forgetValidationsJob,
  forgetWebhooksJob,
  sendAlertsJob,
  sendOrderMailsJob,
  syncSuppliersJob,
  expireCheckoutsJob,
  collectInstalmentsJob,
]
