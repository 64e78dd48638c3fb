import { cancelMessage } from '../core/messages/cancel-message.ts'
import { listMessages } from '../core/messages/list-messages.ts'
import { channels, houseId, messageStates } from '../core/messages/message.ts'
import { readCaught } from '../core/messages/read-caught.ts'
import { resendMessage } from '../core/messages/resend-message.ts'
import { sendMessage } from '../core/messages/send-message.ts'
import { showMessage } from '../core/messages/show-message.ts'
import { templates } from '../core/messages/templates.ts'
import { findPartner } from '../core/partners/find-partner.ts'
import { newId } from '../platform/ids.ts'
import { openRenderer } from '../platform/templates.ts'
import { Failure } from '../values/failure.ts'
import type { CaughtMessageId, MessageId } from '../values/ids.ts'
import { locales } from '../values/locale.ts'
import { command, group } from './command.ts'
import type { Context } from './context.ts'
import { messageTexts, messageTable, caughtTable, caughtTexts } from './message-results.ts'
import { messageTemplates } from './message-templates.ts'
import { pageOptions, pageText } from './pages.ts'
import { argument, oneOf, option, requiredOption, text, uuid } from './params.ts'
import { partnerReference } from './references.ts'

const messageArgument = argument('<id>', 'the id of the message, from "scrip messages list"', uuid<MessageId>)

const list = command({
  name: 'list',
  summary: 'List the outbox, newest first: what waits, was sent or has failed; never what it says.',
  examples: [
    'messages list',
    'messages list --state failed --channel mail',
    'messages list --partner 1 --json',
  ],
  params: {
    partner: option('--partner <partner>', "a partner's messages; all by default", partnerReference),
    channel: option('--channel <channel>', 'mail or sms', oneOf(channels)),
    state: option('--state <state>', messageStates.join(', '), oneOf(messageStates)),
    ...pageOptions,
  },
  async run(context, { partner, channel, state, limit, after }) {
    const database = await context.database()
    const partnerId = partner === undefined ? undefined : (await findPartner(database, partner)).id
    const page = await listMessages(database, { partnerId, channel, state }, { limit, cursor: after })
    return {
      json: { messages: page.rows, nextCursor: page.nextCursor },
      text: [...messageTable(page.rows), ...pageText(page)],
    }
  },
})

const show = command({
  name: 'show',
  summary: 'Show a message with what it says, codes and passwords too; the audit log keeps that you looked.',
  details: ['The id is one of "scrip messages list" or, in a sandbox, of "scrip messages caught".'],
  examples: ['messages show 0199a1b2-0000-7000-8000-000000000000'],
  params: { id: messageArgument },
  async run(context, { id }) {
    const database = await context.database()
    const keyRing = await context.keyRing()
    try {
      const order = { id, actor: context.actor }
      const message = await database.inTransaction((tx) => showMessage(tx, keyRing, order))
      return { json: { message }, text: messageTexts(message) }
    } catch (error) {
      if (!(error instanceof Failure && error.code === 'message_not_found')) throw error
      // The same text may be the id of one that was caught.
      const caught = await readCaught(database, keyRing).find(id as string as CaughtMessageId)
      return { json: { caught }, text: caughtTexts(caught) }
    }
  },
})

const caught = command({
  name: 'caught',
  summary: 'List what a sandbox has caught instead of sending it, newest first.',
  details: [
    'The newest 1,000 are kept. A running server shows them at /sandbox/messages, too. With SCRIP_CATCHER_PORT the mail of other programs is caught as well.',
  ],
  examples: ['messages caught', 'messages caught --limit 5 --json'],
  params: pageOptions,
  async run(context, { limit, after }) {
    const reader = readCaught(await context.database(), await context.keyRing())
    const page = await reader.list({ limit, cursor: after })
    return {
      json: { caught: page.rows, nextCursor: page.nextCursor },
      text: [...caughtTable(page.rows), ...pageText(page)],
    }
  },
})

const sendTest = command({
  name: 'send-test',
  summary: 'Put a sample message into the outbox, to see that it arrives; a running worker sends it.',
  examples: ['messages send-test --to ada@example.com', 'messages send-test --to +2348012345678 --locale ru'],
  params: {
    to: requiredOption(
      '--to <address>',
      'an e-mail address, or a telephone number such as +2348012345678',
      text,
    ),
    locale: option('--locale <locale>', 'en or ru (en)', oneOf(locales), 'en'),
  },
  async run(context, { to, locale }) {
    const database = await context.database()
    const keyRing = await context.keyRing()
    const { messageId } = await database.inTransaction((tx) =>
      sendMessage(tx, keyRing, openRenderer(), {
        partnerId: houseId,
        channel: to.startsWith('+') ? 'sms' : 'mail',
        to,
        locale,
        reference: `test:${newId()}`,
        template: 'low_stock',
        facts: templates.low_stock.sample,
      }),
    )
    return {
      json: { messageId },
      text: [
        `The message ${messageId} is in the outbox.`,
        `Look after it with: scrip messages show ${messageId}`,
      ],
    }
  },
})

const resend = command({
  name: 'resend',
  summary: 'Send a message once more that was sent, has failed or was cancelled.',
  examples: ['messages resend 0199a1b2-0000-7000-8000-000000000000'],
  params: { id: messageArgument },
  run: (context, { id }) => change(context, id, resendMessage, 'is in the outbox again'),
})

const cancel = command({
  name: 'cancel',
  summary: 'Take a waiting message out of the outbox.',
  examples: ['messages cancel 0199a1b2-0000-7000-8000-000000000000'],
  params: { id: messageArgument },
  run: (context, { id }) => change(context, id, cancelMessage, 'is cancelled'),
})

async function change(context: Context, id: MessageId, verb: typeof cancelMessage, outcome: string) {
  const database = await context.database()
  const message = await database.inTransaction((tx) => verb(tx, { id, actor: context.actor }))
  return { json: { message }, text: [`The message ${id} ${outcome}.`] }
}

export const messages = group(
  'messages',
  'Mails and short messages: the outbox, its texts, what a sandbox has caught.',
  [list, show, caught, sendTest, resend, cancel, messageTemplates],
)
