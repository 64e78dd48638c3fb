import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { openRenderer } from '../../platform/templates.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { Locale } from '../../values/locale.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { KeyRing } from '../keys/ring.ts'
import { houseId } from '../messages/message.ts'
import { sendMessage } from '../messages/send-message.ts'
import type { Call } from './call.ts'
import { selectCalls } from './calls.sql.ts'

/** Who looks at a call, and how he is told that he did. */
export type Viewer = {
  /** As the audit log names him. */
  readonly actor: string
  readonly email: string
  readonly locale: Locale
  /** A partner's own people see that partner's calls only; undefined: an operator of the house. */
  readonly partnerId: PartnerId | undefined
}

/**
 * Shows what was sent and answered in the calls with a request id, newest first; a client may have used one several times. The audit log keeps
 * who looked, and he is mailed that he did. Throws Failure call_not_found, and validation_failed for an address that is none.
 */
export async function openCall(
  tx: Tx,
  keyRing: KeyRing,
  viewer: Viewer,
  requestId: string,
): Promise<readonly Call[]> {
  const { actor, email: to, locale, partnerId } = viewer
  const page = { position: undefined, direction: 'after', limit: callsMost } as const
  const found = (await selectCalls(tx, partnerId, { requestId }, page)).slice(0, callsMost)
  const [newest] = found
  if (newest === undefined) throw new Failure('call_not_found')
  const calls = found.map(({ position: _position, ...call }) => call)
  await recordAudit(tx, {
    actor,
    action: 'call.opened',
    partnerId: newest.partnerId,
    subject: requestId,
    details: { told: to, calls: calls.length, calledAt: newest.calledAt },
  })
  await sendMessage(tx, keyRing, renderer, {
    partnerId: partnerId ?? houseId,
    channel: 'mail',
    to,
    locale,
    // Each look is told.
    reference: `call-opened:${newId()}`,
    template: 'call_opened',
    facts: {
      call: requestId,
      at: `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
      what: `${newest.method} ${newest.path}`.slice(0, 300),
      actor,
    },
  })
  return calls
}

const callsMost = 20
const renderer = openRenderer()
