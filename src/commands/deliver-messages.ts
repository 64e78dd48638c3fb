import { catchMessage } from '../core/messages/catch-message.ts'
import { countWaiting } from '../core/messages/count-waiting.ts'
import { deliverMessages } from '../core/messages/deliver-messages.ts'
import { channels } from '../core/messages/message.ts'
import type { Channel } from '../core/messages/message.ts'
import type { Messenger } from '../core/messages/messenger.ts'
import type { Config } from '../platform/config.ts'
import type { Log } from '../platform/log.ts'
import { startMailCatcher } from '../platform/mail-catcher.ts'
import { openMailSender } from '../platform/mail.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { OpenThings } from '../platform/shutdown.ts'
import { openSmsSender } from '../platform/sms.ts'
import type { OutgoingMessage, SendResult } from '../values/outgoing-message.ts'
import type { Engine } from './engine.ts'

type SendMessagesOptions = {
  readonly config: Config
  readonly engine: Engine
  readonly metrics: Metrics
  readonly log: Log
}

/**
 * Starts sending what waits in the outbox, by mail and as short messages; a sandbox without settings for a channel catches what it would
 * have sent. In live, what cannot be sent waits.
 */
export function sendMessages(options: SendMessagesOptions, things: OpenThings): void {
  const { engine, metrics, log } = options
  const count = metrics.counter('scrip_messages_total', 'Tries to send a message, by what came of them.', [
    'channel',
    'outcome',
  ])
  for (const channel of channels) {
    const carrier = openCarrier(options, channel)
    if (carrier === undefined) {
      log.warn({ channel }, 'nothing is set that could send messages of this channel; they wait')
      continue
    }
    const loop = deliverMessages({
      ...engine,
      messenger: { channel, send: (message) => carrier.send(message) },
      log,
      onOutcome: (outcome) => count({ channel, outcome }),
    })
    things.add(`messages by ${channel}`, async () => {
      // A server that hangs does not keep the process: what it has in hand is cut off and tried again later.
      const cut = setTimeout(() => void carrier.close(), options.config.drainMs)
      await loop.stop()
      clearTimeout(cut)
      await carrier.close()
    })
  }
  watchOutbox(options, things)
  catchForOthers(options, things)
}

/** What carries messages, and how it is ended, cutting off what runs. */
type Carrier = Pick<Messenger, 'send'> & { close(): Promise<void> }

function openCarrier({ config, engine }: SendMessagesOptions, channel: Channel): Carrier | undefined {
  const sender = openSender(config, channel)
  if (sender !== undefined) return sender
  return config.environment === 'sandbox' ? catcherFor(engine, channel) : undefined
}

function openSender(config: Config, channel: Channel): Carrier | undefined {
  if (channel === 'mail') return config.mail === undefined ? undefined : openMailSender(config.mail)
  return config.sms === undefined ? undefined : openSmsSender(config.sms)
}

function catcherFor({ database, keyRing }: Engine, channel: Channel): Carrier {
  const send = async ({ to, subject, text, html, messageId }: OutgoingMessage): Promise<SendResult> => {
    const content = { from: 'Scrip', to, subject, text, html, messageId }
    try {
      await catchMessage(database, keyRing, { channel, source: 'outbox' }, content)
      return { outcome: 'sent', detail: 'Caught.' }
    } catch {
      return { outcome: 'unclear', detail: 'It could not be caught.' }
    }
  }
  return { send, close: () => Promise.resolve() }
}

/** A sandbox's own SMTP server, for the mail of other programs. */
function catchForOthers({ config, engine, log }: SendMessagesOptions, things: OpenThings): void {
  const { environment, host, catcherPort: port } = config
  if (environment !== 'sandbox' || port === undefined) return
  const keep = (mail: Parameters<typeof catchMessage>[3]): Promise<unknown> =>
    catchMessage(engine.database, engine.keyRing, { channel: 'mail', source: 'smtp' }, mail)
  const catcher = startMailCatcher({ host, port, log, keep })
  things.add('mail catcher', () => catcher.close())
}

/** Figures that whoever reads /metrics gets at once, read again every while; not a number before the first time. */
function watchOutbox({ engine, metrics, log }: SendMessagesOptions, things: OpenThings): void {
  const known = new Map<Channel, { readonly waiting: number; readonly oldestSeconds: number }>()
  const read = async (): Promise<void> => {
    try {
      for (const { channel, ...figures } of await countWaiting(engine.database)) known.set(channel, figures)
    } catch (error) {
      log.debug({ err: error }, 'the outbox could not be counted')
    }
  }
  for (const channel of channels) {
    metrics.reading(
      `scrip_messages_waiting_${channel}`,
      `Messages by ${channel} that wait for being sent.`,
      () => known.get(channel)?.waiting ?? Number.NaN,
    )
    metrics.reading(
      `scrip_messages_oldest_seconds_${channel}`,
      `How long the oldest message by ${channel} has waited.`,
      () => known.get(channel)?.oldestSeconds ?? Number.NaN,
    )
  }
  void read()
  const timer = setInterval(() => void read(), watchMs)
  things.add('watch over the outbox', () => Promise.resolve(clearInterval(timer)))
}

const watchMs = 15_000
