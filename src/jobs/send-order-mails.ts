import { sendDueMails } from '../core/order-mails/send-due-mails.ts'
import type { Job } from './job.ts'

export const sendOrderMailsJob: Job<'send-order-mails'> = {
  name: 'send-order-mails',
  schedule: '* * * * *',
  attempts: 1,
  async run({ database, keyRing, log }) {
    const sent = await sendDueMails(database, keyRing)
    if (sent > 0) log.info({ mails: sent }, 'goods of late orders were mailed')
  },
}
