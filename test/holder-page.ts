import type { TestApp } from './app.ts'

/** An answer of the page of a telephone's owner, as text. */
type PageAnswer = {
  readonly status: number
  readonly headers: Headers
  readonly html: string
  /** The value of a hidden field. */
  hidden(name: string): string
}

/** A browser without scripts at /giftpesa/pay: it keeps its cookie, and follows no redirect by itself. */
export type HolderBrowser = {
  cookie: string
  open(query?: string, headers?: Record<string, string>): Promise<PageAnswer>
  send(fields: Record<string, string>, headers?: Record<string, string>): Promise<PageAnswer>
}

export function holderBrowser({ baseUrl }: Pick<TestApp, 'baseUrl'>): HolderBrowser {
  const address = `${baseUrl}/giftpesa/pay`
  const browser: HolderBrowser = {
    cookie: '',
    async open(query = '', headers = {}) {
      return read(await fetch(address + query, { headers: { cookie: browser.cookie, ...headers } }))
    },
    async send(fields, headers = {}) {
      const answer = await fetch(address, {
        method: 'POST',
        redirect: 'manual',
        headers: { cookie: browser.cookie, origin: new URL(baseUrl).origin, ...headers },
        body: new URLSearchParams(fields),
      })
      const set = answer.headers.get('set-cookie')
      if (set !== null) browser.cookie = set.split(';', 1)[0] ?? ''
      return read(answer)
    },
  }
  return browser
}

async function read(answer: Response): Promise<PageAnswer> {
  const html = await answer.text()
  return {
    status: answer.status,
    headers: answer.headers,
    html,
    hidden: (name) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '',
  }
}
