import type { CaughtMessage } from '../core/messages/catcher.ts'
import { houseId } from '../core/messages/message.ts'
import type { Message } from '../core/messages/message.ts'
import type { ShownMessage } from '../core/messages/show-message.ts'
import { facts, table } from './table.ts'

export function messageTable(messages: readonly Message[]): string[] {
  const rows = messages.map((one) => [
    timeOf(one.createdAt),
    one.channel,
    plain(one.recipient),
    one.template,
    one.state,
    `${one.tries}`,
    plain(one.error ?? '').slice(0, 60),
    one.id,
  ])
  return table(
    ['Asked for', 'By', 'To', 'Template', 'State', 'Tries', 'Last error', 'Id'],
    rows,
    'There are no messages.',
  )
}

export function messageTexts({ texts, ...message }: ShownMessage): string[] {
  return [
    ...facts({
      Message: message.id,
      Partner: message.partnerId === houseId ? undefined : message.partnerId,
      By: message.channel,
      To: plain(message.recipient),
      Subject: message.subject === '' ? undefined : plain(message.subject),
      Template: `${message.template} (${message.locale})`,
      Reference: plain(message.reference),
      State: message.state,
      Tries: `${message.tries}`,
      'Asked for': timeOf(message.createdAt),
      Sent: message.sentAt === undefined ? undefined : timeOf(message.sentAt),
      'Next try': message.dueAt === undefined ? undefined : timeOf(message.dueAt),
      'Last error': message.error === undefined ? undefined : plain(message.error),
    }),
    '',
    ...(texts === undefined ? ['What it said is not kept any more.'] : linesOf(texts.text)),
  ]
}

export function caughtTable(messages: readonly CaughtMessage[]): string[] {
  const rows = messages.map((one) => [
    timeOf(one.caughtAt),
    one.channel,
    plain(one.to).slice(0, 60),
    plain(one.subject === '' ? one.text.trim() : one.subject).slice(0, 60),
    one.id,
  ])
  return table(['Caught', 'By', 'To', 'Subject', 'Id'], rows, 'Nothing was caught.')
}

export function caughtTexts(message: CaughtMessage): string[] {
  return [
    ...facts({
      Caught: timeOf(message.caughtAt),
      By: message.channel,
      From: plain(message.from),
      To: plain(message.to),
      Subject: message.subject === '' ? undefined : plain(message.subject),
      'Message-ID': plain(message.messageId),
    }),
    '',
    ...linesOf(message.text),
    ...(message.html === undefined ? [] : ['', 'HTML:', ...linesOf(message.html)]),
  ]
}

/** One line without anything that a terminal would obey: foreign mails come through here. */
function plain(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ')
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/).map(plain)
}

function timeOf(date: Date): string {
  return date.toISOString().slice(0, 19).replace('T', ' ')
}
