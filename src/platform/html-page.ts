import { createHash } from 'node:crypto'
import { escapeHtml } from './escape-html.ts'

/** A page that the server writes itself: it loads nothing, and runs nothing but what stands here. */
export type HtmlPage = {
  readonly title: string
  /** HTML, each text in it escaped. */
  readonly body: string
  /** CSS. */
  readonly style: string
  /** JavaScript that the page can do without. */
  readonly script?: string | undefined
  /** Where forms may lead, redirects behind them included: "'self'" and origins; nowhere by default. */
  readonly formTargets?: readonly string[] | undefined
  readonly locale?: string | undefined
  /** Whether its forms say where they come from, which a page whose address is a secret must not; by default they do not. */
  readonly tellsOrigin?: true | undefined
}

/** What a browser gets: the text, and the headers that keep everything else out. */
export function writePage(page: HtmlPage): {
  readonly text: string
  readonly headers: Readonly<Record<string, string>>
} {
  const { title, body, style, script, formTargets = [], locale = 'en', tellsOrigin } = page
  const code = script === undefined ? '' : `<script>${script}</script>\n`
  return {
    text: `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body><main>${body}</main>
${code}</body>
</html>
`,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': [
        "default-src 'none'",
        `style-src '${hashOf(style)}'`,
        ...(script === undefined ? [] : [`script-src '${hashOf(script)}'`, "connect-src 'self'"]),
        'img-src data:',
        "base-uri 'none'",
        `form-action ${formTargets.length === 0 ? "'none'" : formTargets.join(' ')}`,
        "frame-ancestors 'none'",
      ].join('; '),
      'referrer-policy': tellsOrigin === true ? 'same-origin' : 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
    },
  }
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
