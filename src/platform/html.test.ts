import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cleanHtml } from './html.ts'

describe('formatting stays', () => {
  test.each([
    ['<p>One <b>two</b> <strong>three</strong> <i>four</i> <em>five</em></p>'],
    ['<ul><li>a</li></ul><ol><li>b</li></ol>'],
    ['a &lt; b &amp; c'],
    ['С подарочной картой вы получите музыку'],
  ])('%s', (html) => {
    expect(cleanHtml(html)).toBe(html)
  })

  test('a line break', () => {
    expect(cleanHtml('one<br>two')).toBe('one<br />two')
  })

  test('a link, which opens apart and hands over nothing', () => {
    expect(cleanHtml('<a href="https://example.com/x?a=1&amp;b=2">x</a>')).toBe(
      '<a href="https://example.com/x?a=1&amp;b=2" rel="noopener noreferrer nofollow" target="_blank">x</a>',
    )
  })

  test('a link cannot choose its own rel and target', () => {
    expect(cleanHtml('<a target="_self" rel="opener" href="http://example.com/">x</a>')).toBe(
      '<a href="http://example.com/" rel="noopener noreferrer nofollow" target="_blank">x</a>',
    )
  })
})

const payloads = [
  '<script>alert(1)</script>',
  '<SCRIPT SRC=https://evil.example/x.js></SCRIPT>',
  '<scr<script>ipt>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)><animate onbegin=alert(1) attributeName=x>',
  '<svg><script>alert(1)</script></svg>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  '<p onclick="alert(1)" style="background:url(javascript:alert(1))">x</p>',
  '<a href="javascript:alert(1)">x</a>',
  '<a href=" &#14; javascript:alert(1)">x</a>',
  '<a href="java&#10;script:alert(1)">x</a>',
  '<a href="&#106;avascript&colon;alert(1)">x</a>',
  '<a href="data:text/html,<script>alert(1)</script>">x</a>',
  '<a href="vbscript:msgbox(1)">x</a>',
  '<a href="//evil.example">x</a>',
  '<a href="/console/settings">x</a>',
  '<a href="https://example.com/" onmouseover="alert(1)">x</a>',
  '<a href="https://example.com/&quot; onmouseover=&quot;alert(1)">x</a>',
  '<iframe src="https://evil.example"></iframe>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<object data="https://evil.example/x.swf"></object><embed src="https://evil.example/x.swf">',
  '<form action="https://evil.example"><input name="password"><button formaction="javascript:alert(1)">x</button></form>',
  '<style>@import "https://evil.example/x.css";</style>',
  '<link rel="stylesheet" href="https://evil.example/x.css"><base href="https://evil.example/"><meta http-equiv="refresh" content="0;url=https://evil.example">',
  '<textarea><img src=x onerror=alert(1)></textarea>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<template><img src=x onerror=alert(1)></template>',
  '<!--><img src=x onerror=alert(1)>-->',
  '<![CDATA[<img src=x onerror=alert(1)>]]>',
  '<xmp><p title="</xmp><img src=x onerror=alert(1)>">',
  '&lt;img src=x onerror=alert(1)&gt;',
  '<p>unclosed <b>tags <script>alert(1)',
]

/** All tags that a clean text may hold, spelled as the cleaner spells them, and nothing else that opens with "<". */
const allowed =
  /<(?:\/?(?:p|b|strong|i|em|ul|ol|li|a)|br \/|a href="https?:\/\/[^"<>]*" rel="noopener noreferrer nofollow" target="_blank")>/g

describe('scripts do not stay', () => {
  test.each(payloads)('%s', (payload) => {
    const clean = cleanHtml(`<p>before</p>${payload}`)
    expect(clean).toContain('<p>before</p>')
    expect(clean.replaceAll(allowed, '')).not.toMatch(/[<>]/)
    expect(clean).not.toMatch(/(javascript|vbscript|data):/i)
  })

  test('the text of a script or a style is no text of the page', () => {
    expect(cleanHtml('a<script>steal()</script>b<style>p{}</style>c')).toBe('abc')
  })
})

test('whatever comes in, only the allowed tags come out, however often it is cleaned', () => {
  const pieces = fc.oneof(
    fc.constantFrom(
      ...payloads,
      '<p>',
      '</p>',
      '<li>',
      '<a href="https://example.com">',
      '</a>',
      '"',
      "'",
      '<',
      '>',
      '&',
      '&amp;',
      '<!--',
      '-->',
      '&#0;',
      '&#xD800;',
    ),
    fc.string({ maxLength: 8, unit: 'binary' }),
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      const clean = cleanHtml(parts.join(''))
      for (const text of [clean, cleanHtml(clean)]) expect(text.replaceAll(allowed, '')).not.toMatch(/[<>]/)
    }),
    { numRuns: 1000 },
  )
})
