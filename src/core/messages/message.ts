import type { MessageId, PartnerId } from '../../values/ids.ts'
import type { Locale } from '../../values/locale.ts'

export const channels = ['mail', 'sms'] as const

export type Channel = (typeof channels)[number]

export const messageStates = ['waiting', 'sent', 'failed', 'cancelled'] as const

export type MessageState = (typeof messageStates)[number]

/** Who the house's own messages and texts belong to: the nil UUID, which is no partner's. */
export const houseId = '00000000-0000-0000-0000-000000000000' as PartnerId // There is no row to take it from.

/** A message of the outbox without what it says: its texts are sealed, and shown by `showMessage` alone. */
export type Message = {
  readonly id: MessageId
  /** `houseId` for the house's own. */
  readonly partnerId: PartnerId
  readonly channel: Channel
  readonly recipient: string
  /** Empty for a short message. */
  readonly subject: string
  readonly template: string
  readonly locale: Locale
  readonly reference: string
  readonly state: MessageState
  /** Tries of this round; a message that is sent again on demand begins another. */
  readonly tries: number
  readonly round: number
  /** When the next try is due. */
  readonly dueAt: Date | undefined
  /** Why the last try came to nothing, or which edited text could not be used. */
  readonly error: string | undefined
  readonly createdAt: Date
  readonly sentAt: Date | undefined
}

/** What is sealed: the texts as they were rendered when the message was asked for. */
export type MessageTexts = { readonly text: string; readonly html?: string | undefined }

/** Undefined, or what is wrong with an address: E.164 for a short message, one plain mailbox for a mail. */
export function addressProblem(channel: Channel, address: string): string | undefined {
  if (channel === 'sms') {
    return /^\+[1-9]\d{6,14}$/.test(address)
      ? undefined
      : 'The telephone number must be international, such as +2348012345678.'
  }
  return mailbox.test(address) && address.length <= 254 && !address.includes('..')
    ? undefined
    : 'The e-mail address is not valid.'
}

/** Undefined, or what is wrong with a subject: it is one line of a mail's header, and a second one would be another header. */
export function subjectProblem(subject: string): string | undefined {
  if (/[\p{Cc}\u2028\u2029]/u.test(subject) || !subject.isWellFormed())
    return 'The subject must be one line without control characters.'
  return subject.length > subjectLongest
    ? `The subject must have at most ${subjectLongest} characters.`
    : undefined
}

/** Characters that a text may have, rendered. */
export function textLongest(channel: Channel): number {
  return channel === 'sms' ? smsLongest : mailLongest
}

/**
 * When to try again after `tries` tries of a round that came to nothing; undefined: no more. A fifth more or less, so that what failed
 * together does not come back together.
 *
 * @param random from 0 to 1
 */
export function retryDelayMs(tries: number, random: number): number | undefined {
  const seconds = retrySeconds[tries - 1]
  return seconds === undefined ? undefined : Math.round(seconds * 1_000 * (0.8 + 0.4 * random))
}

/**
 * What names a message to the other side: the same on each try of a round, so that a mail which was received although nobody said so is
 * not shown twice; another when somebody wants it sent again.
 */
export function messageIdOf(id: MessageId, round: number): string {
  return `${id}.${round}`
}

/** How long a message's texts are kept. */
export const textsKeptDays = 30

/** How long a message may wait for being sent, unless its template says that nobody wants it after less. */
export const waitingDaysMost = 7

/** An atom with dots, at a host name; the name may be an international one. No quotes, comments or lists: each has been a way to somebody else. */
const mailbox =
  /^[A-Za-z0-9!#$%&'*+/=?^_{|}~-][A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{0,63}@[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}.-]*[\p{L}\p{N}\p{M}])?$/u

const subjectLongest = 250
/** Some ten parts. */
const smsLongest = 1_500
const mailLongest = 262_144

/** Two days and a bit. */
const retrySeconds = [10, 30, 120, 600, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400] as const
