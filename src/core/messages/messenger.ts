import type { OutgoingMessage, SendResult } from '../../values/outgoing-message.ts'
import type { Channel } from './message.ts'

/**
 * Something that carries messages of one channel: an SMTP server, a gateway for short messages, the sandbox's catcher. A try ends within
 * a minute, and whatever goes wrong is a result, never an exception.
 */
export type Messenger = {
  readonly channel: Channel
  send(message: OutgoingMessage): Promise<SendResult>
}
