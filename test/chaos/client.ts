import { setTimeout as pause } from 'node:timers/promises'
import type { LogFile } from './log-file.ts'
import type { Call, Errand, Understood } from './speech.ts'
import type { Kind, Told, Turn } from './told.ts'

/** What an answer holds beside its line in the log. */
export type Heard = Told & { readonly body: unknown }

/** Sends calls to one server or another and writes every answer down before anybody acts on it. */
export type Client = {
  /** The same again, to the next server, until it is done or refused, or for so long after `giveUp`. */
  insist(errand: Errand): Promise<Heard | undefined>
  /** A call about something that was made, until it is answered. */
  further(
    about: { readonly kind: Kind; readonly key: string },
    turn: Turn,
    write: () => Call,
    understand: Errand['understand'],
  ): Promise<Heard | undefined>
  /** From now on each call is given up a minute and a half later. */
  finish(): void
}

const nothing: Understood = { id: undefined, state: undefined, codes: [] }

export function openClient(baseUrls: readonly string[], log: LogFile<Told>): Client {
  let giveUpAtMs = Number.POSITIVE_INFINITY
  let calls = 0

  const further: Client['further'] = async ({ kind, key }, turn, write, understand) => {
    calls += 1
    const first = calls
    for (let tries = 1; ; tries += 1) {
      const server = (first + tries) % baseUrls.length
      const sentAtMs = Date.now()
      const answer = await send(baseUrls[server] ?? '', write())
      const outcome = outcomeOf(answer)
      const read = outcome === 'done' ? understand(answer.body) : nothing
      const told: Told = {
        sentAtMs,
        atMs: Date.now(),
        kind,
        turn,
        key,
        tries,
        server,
        status: answer.status,
        outcome,
        ...read,
        ...(outcome === 'done' ? {} : { text: answer.text.slice(0, 300) }),
      }
      log.write(told)
      if (outcome === 'done' || outcome === 'refused') return { ...told, body: answer.body }
      if (Date.now() > giveUpAtMs) return undefined
      await pause(Math.min(1_000, 100 * tries))
    }
  }
  return {
    further,
    insist: (errand) => further(errand, 'first', () => errand.ask(false), errand.understand),
    finish: () => void (giveUpAtMs = Date.now() + patienceMs),
  }
}

const patienceMs = 90_000
const timeoutMs = 10_000

type Answer = {
  readonly status: number
  readonly text: string
  readonly body: unknown
  readonly mayComeAgain: boolean
}

async function send(baseUrl: string, { method, path, headers, body, form }: Call): Promise<Answer> {
  try {
    const response = await fetch(baseUrl + path, {
      method,
      headers: {
        ...(body === undefined
          ? {}
          : {
              'content-type': form === undefined ? 'application/json' : 'application/x-www-form-urlencoded',
            }),
        ...headers,
      },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body }),
    })
    const text = await response.text()
    const mayComeAgain = response.headers.has('retry-after')
    return { status: response.status, text, body: parse(text), mayComeAgain }
  } catch (error) {
    return { status: 0, text: String(error), body: undefined, mayComeAgain: true }
  }
}

/** A page answers an act with a redirection. */
function outcomeOf({ status, mayComeAgain }: Answer): Told['outcome'] {
  if (status === 0) return 'silence'
  if (status < 400) return 'done'
  return status >= 500 || status === 429 || (status === 409 && mayComeAgain) ? 'again' : 'refused'
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
