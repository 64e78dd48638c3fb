import { countWaiting } from '../core/messages/count-waiting.ts'
import type { Config } from '../platform/config.ts'
import type { Db } from '../platform/database.ts'
import { ok, warn } from './finding.ts'
import type { Finding } from './finding.ts'

/** Whether what is in the outbox can leave, and does. */
export async function messagesFinding(db: Db, config: Config): Promise<Finding> {
  const figures = await countWaiting(db)
  const detail = figures.map(({ channel, waiting }) => `${waiting} by ${channel}`).join(', ')
  const name = 'messages'
  const isSandbox = config.environment === 'sandbox'
  if (!isSandbox && config.mail === undefined)
    return warn(
      name,
      `nothing is set that could send mail (${detail} wait)`,
      'Set SCRIP_SMTP_URL and SCRIP_MAIL_FROM; mail waits until then, for a week at the most.',
    )
  const stuckSms = figures.some(({ channel, waiting }) => channel === 'sms' && waiting > 0)
  if (!isSandbox && config.sms === undefined && stuckSms)
    return warn(name, `nothing is set that could send short messages (${detail} wait)`, 'Set SCRIP_SMS_URL.')
  const oldestSeconds = Math.max(...figures.map((one) => one.oldestSeconds))
  if (oldestSeconds > 600)
    return warn(
      name,
      `${detail} wait, the oldest since ${Math.round(oldestSeconds / 60)} minutes`,
      'See that a worker runs, and what "scrip messages list --state waiting" says of the tries.',
    )
  return ok(
    name,
    `${detail} wait${isSandbox && config.mail === undefined ? '; the sandbox catches them' : ''}`,
  )
}
