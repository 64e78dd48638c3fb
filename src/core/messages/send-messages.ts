import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { TemplateFault } from '../../platform/templates.ts'
import type { Renderer } from '../../platform/templates.ts'
import type { MessageId, PartnerId } from '../../values/ids.ts'
import type { Locale } from '../../values/locale.ts'
import type { KeyRing } from '../keys/ring.ts'
import { houseId, textLongest, waitingDaysMost } from './message.ts'
import { findTemplateInForce } from './message-templates.sql.ts'
import { insertMessages } from './messages.sql.ts'
import { renderMessage } from './render-message.ts'
import { builtInSource, templates } from './templates.ts'
import type { TemplateCall } from './templates.ts'

/** One of many short messages that differ in their facts. */
export type ShortMessage = TemplateCall & {
  /** E.164, checked already. */
  readonly to: string
  /** As `SendMessage` has it. */
  readonly reference: string
}

/**
 * Puts many short messages of a partner into the outbox at once, in the caller's transaction. As `sendMessage` does it for one; a text that
 * comes out too long is cut. A repeated reference writes nothing.
 */
export async function sendShortMessages(
  tx: Tx,
  keyRing: KeyRing,
  renderer: Renderer,
  command: {
    readonly partnerId: PartnerId
    readonly locale: Locale
    readonly messages: readonly ShortMessage[]
  },
): Promise<void> {
  const { partnerId, locale, messages } = command
  const [first] = messages
  if (first === undefined) return
  const { template } = first
  const edited = await findTemplateInForce(tx, houseId, { code: template, channel: 'sms', locale })
  const builtIn = builtInSource(template, 'sms', locale)
  const written = messages.map((message) => {
    const render = (source: typeof builtIn) =>
      renderMessage(renderer, { template, channel: 'sms' }, source, message.facts)
    let text: string
    let error: string | null = null
    try {
      text = render(edited?.source ?? builtIn).text
    } catch (fault) {
      if (!(fault instanceof TemplateFault) || edited === undefined) throw fault
      text = render(builtIn).text
      error = `The edited template failed in line ${fault.line}; the built-in text was taken.`
    }
    const id = newId<MessageId>()
    return {
      id,
      recipient: message.to,
      reference: message.reference,
      error,
      text: text.slice(0, textLongest('sms')).toWellFormed(),
    }
  })
  const sealed = await keyRing.sealManyForPartner(
    partnerId,
    written.map(({ id, text }) => ({ plaintext: JSON.stringify({ text }), context: id })),
    tx,
  )
  const { usefulMinutes = waitingDaysMost * 1_440 } = templates[template]
  await insertMessages(tx, { partnerId, channel: 'sms', template, locale, usefulMinutes }, written, sealed)
}
