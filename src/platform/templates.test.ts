import { describe, expect, test } from 'vitest'
import { TemplateFault, openRenderer } from './templates.ts'

const renderer = openRenderer()

function faultOf(work: () => unknown): TemplateFault {
  try {
    work()
  } catch (error) {
    if (error instanceof TemplateFault) return error
    throw error
  }
  throw new Error('There was no fault.')
}

describe('a template', () => {
  test('tells its facts, which are never templates themselves', () => {
    const facts = { name: '{{ secret }}{% include "x" %}', codes: ['A', 'B'], left: 3 }
    expect(renderer.render('{{ name }} {{ codes | join: "," }} {{ left }}', facts, 'text')).toBe(
      '{{ secret }}{% include "x" %} A,B 3',
    )
  })

  test('escapes every value in HTML, and no filter takes that back', () => {
    const facts = { name: '<script>"&', codes: ['<a>', '<b>'] }
    for (const source of ['{{ name }}', '{{ name | raw }}', '{{ codes }}', '{{ codes | join: "<" | raw }}'])
      expect(renderer.render(source, facts, 'html')).not.toMatch(/[<"]/)
    expect(renderer.render('<b>{{ name }}</b>', facts, 'html')).toBe('<b>&lt;script&gt;&#34;&amp;</b>')
    expect(renderer.render('{{ name }}', facts, 'text')).toBe('<script>"&')
  })

  test.each([
    ['an unknown variable', 'a\nb {{ nobody }}', 2],
    ['a property that is not its own', '{{ name.constructor }}', 1],
    ['an unknown filter', '\n\n{{ name | shout }}', 3],
    ['a tag that is not closed', 'x\n{% if name %}', 2],
    ['an unknown tag', '{% eval %}', 1],
    ['another file', '{% include "/etc/passwd" %}', 1],
    ['another file by another tag', '{% render "../package.json" %}', 1],
    ['a layout', '{% layout "/etc/passwd" %}', 1],
  ])('is refused for %s, with the line', (_what, source, line) => {
    expect(faultOf(() => renderer.render(source, { name: 'Ada' }, 'text')).line).toBe(line)
  })

  test.each([
    ['too long', 'x'.repeat(300_000)],
    ['endless', '{% for i in (1..100000000) %}x{% endfor %}'],
    [
      'a loop of loops',
      '{% for i in (1..900) %}{% for j in (1..900) %}{% for k in (1..900) %}{{ k }}{% endfor %}{% endfor %}{% endfor %}',
    ],
    [
      'one that doubles itself',
      '{% assign x = "0123456789" %}{% for i in (1..40) %}{% assign x = x | append: x %}{% endfor %}{{ x }}',
    ],
  ])('that is %s is stopped soon', (_what, source) => {
    const startedAt = performance.now()
    expect(faultOf(() => renderer.render(source, {}, 'text')).message).toContain('limit exceeded')
    expect(performance.now() - startedAt).toBeLessThan(3_000)
  })

  test('names no other variable, not even in a branch that is not taken', () => {
    const source = '{% if left > 5 %}\n{{ lef }}\n{% endif %}{% for code in codes %}{{ code }}{% endfor %}'
    expect(faultOf(() => renderer.check(source, ['left', 'codes']))).toMatchObject({
      line: 2,
      message: 'undefined variable: lef',
    })
    expect(() => renderer.check(source, ['left', 'lef', 'codes'])).not.toThrow()
  })
})
