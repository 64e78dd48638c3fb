import { violatedConstraint } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { TemplateFault } from '../../platform/templates.ts'
import type { Renderer } from '../../platform/templates.ts'
import { Failure } from '../../values/failure.ts'
import type { FieldProblem } from '../../values/failure.ts'
import type { MessageId, PartnerId } from '../../values/ids.ts'
import { isStorableJson } from '../../values/json.ts'
import type { Locale } from '../../values/locale.ts'
import type { KeyRing, Sealed } from '../keys/ring.ts'
import { addressProblem, houseId, subjectProblem, textLongest, waitingDaysMost } from './message.ts'
import type { Channel, MessageTexts } from './message.ts'
import { findTemplateInForce } from './message-templates.sql.ts'
import { findByReference, insertMessage } from './messages.sql.ts'
import { renderMessage } from './render-message.ts'
import type { RenderedMessage } from './render-message.ts'
import { builtInSource, templates } from './templates.ts'
import type { TemplateCall } from './templates.ts'

export type SendMessage = {
  /** Whose message it is; `houseId` for the house's own. */
  readonly partnerId: PartnerId
  readonly channel: Channel
  /** A mailbox, or a telephone number in E.164. */
  readonly to: string
  readonly locale: Locale
  /** Names the occasion ("order-delivered:<order>"), uniquely for the partner: asked for twice, the message is sent once. */
  readonly reference: string
} & TemplateCall

/**
 * Puts a message into the outbox, in the caller's transaction; a worker sends it once that has committed. It is rendered here, so that
 * what is stored is what is sent. A repeated reference writes nothing and answers with the first message.
 * Throws Failure validation_failed (to, reference, and a subject or text that its facts make unfit), partner_not_found.
 */
export async function sendMessage(
  tx: Tx,
  keyRing: KeyRing,
  renderer: Renderer,
  command: SendMessage,
): Promise<{ readonly messageId: MessageId; readonly isRepeat: boolean }> {
  const { partnerId, channel, to, template, locale, reference } = command
  refuse([
    { field: 'to', sentence: addressProblem(channel, to) },
    { field: 'reference', sentence: referenceProblem(reference) },
  ])
  const { subject, error, ...texts } = await renderInForce(tx, renderer, command)
  refuse(checksOf(channel, { subject, ...texts }))
  const id = newId<MessageId>()
  const sealed = await seal(tx, keyRing, partnerId, id, texts)
  const { usefulMinutes = waitingDaysMost * 1_440 } = templates[template]
  const row = { partnerId, id, channel, recipient: to, subject, template, locale, reference, sealed }
  if (await insertMessage(tx, { ...row, usefulMinutes, error })) return { messageId: id, isRepeat: false }
  // Whoever inserted it has committed by now: the insertion waited for that.
  const first = await findByReference(tx, partnerId, reference)
  if (first === undefined) throw new Error('A message was there and is not; messages are never deleted.')
  return { messageId: first, isRepeat: true }
}

/** An operator's own text that fails on these facts, or makes no message of them, although it was tried, must not keep the message from being sent. */
async function renderInForce(
  tx: Tx,
  renderer: Renderer,
  command: SendMessage,
): Promise<RenderedMessage & { readonly error: string | undefined }> {
  const { template, channel, locale, facts } = command
  const builtIn = builtInSource(template, channel, locale)
  const edited = await findTemplateInForce(tx, houseId, { code: template, channel, locale })
  if (edited === undefined) return { ...renderMessage(renderer, command, builtIn, facts), error: undefined }
  const instead = (reason: string) => ({
    ...renderMessage(renderer, command, builtIn, facts),
    error: `The edited template ${reason}; the built-in text was taken.`,
  })
  try {
    const rendered = renderMessage(renderer, command, edited.source, facts)
    const isUnfit = checksOf(channel, rendered).some(({ sentence }) => sentence !== undefined)
    return isUnfit ? instead('made an empty text or one that is too long') : { ...rendered, error: undefined }
  } catch (fault) {
    if (!(fault instanceof TemplateFault)) throw fault
    return instead(`failed in line ${fault.line}`)
  }
}

type Check = { readonly field: string; readonly sentence: string | undefined }

function checksOf(channel: Channel, { subject, ...texts }: RenderedMessage): readonly Check[] {
  return [
    { field: 'subject', sentence: subjectProblem(subject) },
    { field: 'text', sentence: textProblem(channel, texts) },
  ]
}

async function seal(
  tx: Tx,
  keyRing: KeyRing,
  partnerId: PartnerId,
  id: MessageId,
  texts: MessageTexts,
): Promise<Sealed> {
  const plaintext = JSON.stringify(texts)
  if (partnerId === houseId) return keyRing.sealForStock(plaintext, id)
  try {
    return await keyRing.sealForPartner(partnerId, plaintext, id, tx)
  } catch (error) {
    throw violatedConstraint(error) === 'data_keys_partner_id_fkey' ? new Failure('partner_not_found') : error
  }
}

function referenceProblem(reference: string): string | undefined {
  const isFit = reference !== '' && reference.length <= 200 && isStorableJson(reference)
  return isFit ? undefined : 'The reference must be 1 to 200 characters of text.'
}

function textProblem(channel: Channel, { text, html = '' }: MessageTexts): string | undefined {
  const longest = textLongest(channel)
  if (text.trim() === '') return 'The text must not be empty.'
  return text.length > longest || html.length > longest
    ? `The text must have at most ${longest} characters.`
    : undefined
}

function refuse(checks: readonly Check[]): void {
  const fields = checks.filter((check): check is FieldProblem => check.sentence !== undefined)
  if (fields.length > 0) throw new Failure('validation_failed', { fields })
}
