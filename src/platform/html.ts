import sanitizeHtml from 'sanitize-html'

/**
 * HTML reduced to plain formatting: paragraphs, line breaks, emphasis, lists and links to http(s) addresses. Everything else goes, and
 * with scripts and styles their text too.
 */
export function cleanHtml(html: string): string {
  return sanitizeHtml(html, options).trim()
}

const options: sanitizeHtml.IOptions = {
  allowedTags: ['p', 'br', 'b', 'strong', 'i', 'em', 'ul', 'ol', 'li', 'a'],
  allowedAttributes: { a: ['href', 'rel', 'target'] },
  allowedSchemes: ['http', 'https'],
  allowedSchemesAppliedToAttributes: ['href'],
  allowProtocolRelative: false,
  disallowedTagsMode: 'discard',
  nestingLimit: 16,
  transformTags: {
    // Whatever a link said about itself, it leads out, opens apart, and tells the other side nothing about where it was.
    a: (_name, { href }) => ({
      tagName: 'a',
      attribs:
        href !== undefined && isWebAddress(href)
          ? { href: href.trim(), rel: 'noopener noreferrer nofollow', target: '_blank' }
          : {},
    }),
  },
}

/** Absolute addresses only: a relative one would lead into the page that shows it. */
function isWebAddress(href: string): boolean {
  return /^\s*https?:\/\/[^/\s]/i.test(href) && URL.canParse(href.trim())
}
