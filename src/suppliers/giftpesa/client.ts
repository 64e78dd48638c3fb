import { constants, publicEncrypt } from 'node:crypto'
import type { CallTerms } from '../../core/fulfilment/supplier.ts'
import { HttpTrouble } from '../../platform/http.ts'
import type { HttpClient, HttpReply } from '../../platform/http.ts'
import { parseJsonOrNothing } from '../../values/json.ts'
import type { CompanySettings } from './settings.ts'
import { wire } from './wire.ts'

export type Reply = Omit<HttpReply, 'body'> & {
  /** Parsed, with the digits of its numbers kept; undefined if it is no JSON. */
  readonly body: unknown
}

/** What stood in the way of a call, before it: no token was given. Nothing of the call itself was sent. */
export class SignInTrouble extends Error {
  override readonly name = 'SignInTrouble'
  /** What was answered instead of a token; undefined: nothing, or nothing whole. */
  readonly reply: Reply | undefined

  constructor(message: string, reply?: Reply) {
    super(message)
    this.reply = reply
  }
}

/** Both throw HttpTrouble, and SignInTrouble before anything is sent. */
export type CompanyClient = {
  get(path: string, terms: CallTerms): Promise<Reply>
  post(path: string, body: object, terms: CallTerms): Promise<Reply>
}

type Token = { readonly text: string; readonly endsAtMs: number }

/** Signs in when it must: one token serves all calls until shortly before its end, or until the other side takes it no more. */
export function openCompanyClient(
  { baseUrl, username, apiKey, certificate }: CompanySettings,
  http: HttpClient,
  now: () => number,
): CompanyClient {
  let token: Promise<Token> | undefined

  async function signIn({ timeoutMs, mayStillSend }: CallTerms): Promise<Token> {
    const stamp = new Date(now()).toISOString().replaceAll(/\D/g, '').slice(0, 14)
    const padding = { key: certificate, padding: constants.RSA_PKCS1_PADDING }
    const basic = publicEncrypt(padding, Buffer.from(`${apiKey}:${stamp}`)).toString('base64')
    const headers = { username, authorization: `Basic ${basic}`, accept: 'application/json' }
    const url = `${baseUrl}/authorize`
    const sent = await http
      .send({ method: 'GET', url, headers, timeoutMs, mayStillSend, bytesMost: 65_536 })
      .catch((error: unknown) => {
        if (!(error instanceof HttpTrouble)) throw error
        throw new SignInTrouble(`No token: ${error.message}`)
      })
    const reply = parsed(sent)
    const { status, body } = reply
    if (status !== 200 || !wire.token.Check(body))
      throw new SignInTrouble(`No token: HTTP ${status} ${sentenceOf(body)}`.trim(), reply)
    const lifeMs = Math.min(body.ExpiresIn, tokenLongestSeconds) * 1_000
    return { text: body.access_token, endsAtMs: now() + lifeMs * 0.9 }
  }

  /** Whoever comes while somebody signs in waits for the same token. */
  async function currentToken(terms: CallTerms): Promise<Token> {
    const known = token
    if (known !== undefined) {
      const kept = await known.catch(() => undefined)
      if (kept !== undefined && now() < kept.endsAtMs) return kept
      if (token !== known) return currentToken(terms)
    }
    const asked = signIn(terms)
    token = asked
    return asked
  }

  async function send(method: 'GET' | 'POST', path: string, terms: CallTerms, body?: object): Promise<Reply> {
    const deadlineMs = now() + terms.timeoutMs
    const left = (): CallTerms => ({ ...terms, timeoutMs: Math.max(1, deadlineMs - now()) })
    const once = async (): Promise<{ readonly reply: Reply; readonly used: Token }> => {
      const used = await currentToken(left())
      const reply = await http.send({
        method,
        url: baseUrl + path,
        headers: {
          authorization: `Bearer ${used.text}`,
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...left(),
        bytesMost,
      })
      return { reply: parsed(reply), used }
    }
    const first = await once()
    if (first.reply.status !== 401) return first.reply
    // A token may die before its hour. It opened nothing, so that the call can go out again under a new one.
    const current = await token?.catch(() => undefined)
    if (current === first.used) token = undefined
    return (await once()).reply
  }

  return {
    get: (path, terms) => send('GET', path, terms),
    post: (path, body, terms) => send('POST', path, terms, body),
  }
}

function parsed({ status, headers, body }: HttpReply): Reply {
  return { status, headers, body: parseJsonOrNothing(body) }
}

function sentenceOf(body: unknown): string {
  return wire.refusal.Check(body) ? body.Error.Message : ''
}

/** A thousand recipients with what was said of each. */
const bytesMost = 8 * 1_048_576

/** A token for longer than a day is asked for again all the same. */
const tokenLongestSeconds = 86_400
