import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll } from 'vitest'

/** What the lender does with its next requests, before it answers rightly again. */
export type LenderTrouble =
  /** Takes the request in and cuts the connection: the answer is lost. */
  | 'takes it and says nothing'
  /** Cuts the connection without taking anything in. */
  | 'takes nothing and says nothing'
  | 'answers 500'
  | 'signs with another secret'
  | 'signs another answer'
  | 'talks about another order'
  | 'says no JSON'

type Application = { state: 'approved' | 'declined' | 'pending' | 'withdrawn'; lent: number; body: string }

export type ReferenceLender = {
  readonly settings: { readonly baseUrl: string; readonly keyId: string; readonly secret: string }
  /** Everything that was asked, authentic or not: "PUT /applications/…". */
  readonly asked: string[]
  readonly applications: ReadonlyMap<string, Application>
  /** What becomes of the applications from now on. */
  decide(state: 'approved' | 'declined' | 'pending', reference?: string): void
  /** Where buyers whose applications are pending go on, from now on. */
  continueAt(url: string | undefined): void
  trouble(...next: readonly LenderTrouble[]): void
  /** Requests that were refused as not authentic. */
  refused(): number
}

/**
 * A small lender as src/payers/http-lender/README.md asks for, in a program that shares nothing with the connector: it keeps each reference once,
 * remembers how often it lent on it, and signs what it says.
 */
export async function startReferenceLender(): Promise<ReferenceLender> {
  const [keyId, secret] = ['scrip', 'a-secret-that-both-sides-keep-to-themselves']
  const applications = new Map<string, Application>()
  const asked: string[] = []
  const troubles: LenderTrouble[] = []
  let decision: 'approved' | 'declined' | 'pending' = 'approved'
  let refused = 0
  let continueUrl: string | undefined
  const sign = (key: string, timestamp: string, subject: string, body: string): string =>
    createHmac('sha256', key).update([timestamp, subject, body].join('\n')).digest('hex')

  const take = (method: string, reference: string, body: string): Application | undefined => {
    const known = applications.get(reference)
    if (method === 'GET') return known
    if (method === 'DELETE') {
      const withdrawn: Application = { lent: 0, body: '', ...known, state: 'withdrawn' }
      applications.set(reference, withdrawn)
      return withdrawn
    }
    if (known !== undefined) return known
    const made: Application = { state: decision, lent: decision === 'approved' ? 1 : 0, body }
    applications.set(reference, made)
    return made
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => void chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      const subject = `${request.method} ${(request.url ?? '').replace(/^\/lend/, '')}`
      asked.push(subject)
      const timestamp = String(request.headers['x-timestamp'])
      const isAuthentic =
        request.headers['x-key-id'] === keyId &&
        request.headers['x-signature'] === sign(secret, timestamp, subject, body)
      const trouble = troubles.shift()
      if (trouble === 'takes nothing and says nothing') return void request.socket.resetAndDestroy()
      const reference = /[^/]+$/.exec(request.url ?? '')?.[0] ?? ''
      const found = isAuthentic ? take(request.method ?? '', reference, body) : undefined
      if (!isAuthentic) refused += 1
      if (trouble === 'takes it and says nothing') return void request.socket.resetAndDestroy()
      const status = trouble === 'answers 500' ? 500 : isAuthentic ? (found === undefined ? 404 : 200) : 401
      const told = trouble === 'talks about another order' ? 'another' : reference
      const answer =
        trouble === 'says no JSON'
          ? 'It works.'
          : JSON.stringify({
              reference: told,
              state: found?.state,
              lender_reference: `L-${reference.slice(0, 8)}`,
              detail: 'as decided',
              continue_url: found?.state === 'pending' ? continueUrl : undefined,
            })
      const now = String(Math.floor(Date.now() / 1_000))
      const key = trouble === 'signs with another secret' ? 'another' : secret
      const signed =
        trouble === 'signs another answer' ? `200 GET /applications/other` : `${status} ${subject}`
      response
        .writeHead(status, {
          'content-type': 'application/json',
          'x-timestamp': now,
          'x-signature': sign(key, now, signed, answer),
        })
        .end(answer)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo // A TCP server's address is no string.
  return {
    settings: { baseUrl: `http://127.0.0.1:${port}/lend`, keyId, secret },
    asked,
    applications,
    decide(state, reference) {
      decision = state
      const known = reference === undefined ? undefined : applications.get(reference)
      if (known !== undefined) Object.assign(known, { state, lent: state === 'approved' ? 1 : 0 })
    },
    trouble: (...next) => void troubles.push(...next),
    continueAt: (url) => void (continueUrl = url),
    refused: () => refused,
  }
}
