import { QueryClient } from '@tanstack/react-query'

/** Which of the two apps this page is. */
export const side: 'partner' | 'operator' = location.pathname.startsWith('/console') ? 'operator' : 'partner'

/** Where the app's pages begin. */
export const home = side === 'operator' ? '/console' : '/portal'

/** A refusal of the server (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  readonly code: string
  /** Sentences by field. */
  readonly fields: Readonly<Record<string, string>>

  constructor(status: number, code: string, sentence: string, fields: Readonly<Record<string, string>>) {
    super(sentence)
    this.status = status
    this.code = code
    this.fields = fields
  }
}

/** Calls our API with the session's cookie. Throws Problem. What the answer is, the schemas of the house's wire say. */
export async function call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`/api/v1${path}`, {
    method,
    credentials: 'same-origin',
    headers: {
      'x-scrip-side': side,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Problem(0, 'offline', 'The server cannot be reached.', {})
  })
  const text = await response.text()
  const json: unknown = text === '' ? undefined : JSON.parse(text)
  if (!response.ok) throw toProblem(response.status, json)
  return json as Answer // The server's own schema says so; the caller names it.
}

type ProblemBody = {
  readonly code?: string
  readonly detail?: string
  readonly errors?: readonly { readonly field: string; readonly detail: string }[]
}

function toProblem(status: number, json: unknown): Problem {
  const body = (json ?? {}) as ProblemBody // RFC 9457, as the house writes it.
  const fields = Object.fromEntries((body.errors ?? []).map(({ field, detail }) => [field, detail]))
  return new Problem(status, body.code ?? 'unknown', body.detail ?? 'Something went wrong.', fields)
}

/** Adds what is given to an address. */
export function withQuery(
  path: string,
  query: Readonly<Record<string, string | number | undefined>>,
): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  )
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`
}

/** What was read is fresh for some seconds; what the server refuses is not asked again. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => failures < 2 && !(error instanceof Problem && error.status > 0),
    },
  },
})
