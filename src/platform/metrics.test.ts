import { expect, it } from 'vitest'
import { openMetrics } from './metrics.ts'

it('numbers by a label are those of the moment; what cannot be asked for is left out and hides nothing else', async () => {
  const metrics = openMetrics()
  let answer: () => Promise<Record<string, number>> = async () => ({ a: 1, b: 2 })
  metrics.readings('test_things', 'Things.', 'kind', () => answer())
  metrics.reading('test_other', 'Another.', () => 7)
  expect(await metrics.text()).toContain('test_things{kind="a"} 1\ntest_things{kind="b"} 2\n')
  answer = async () => ({ b: 3 })
  const next = await metrics.text()
  expect(next).toContain('test_things{kind="b"} 3\n')
  expect(next).not.toContain('kind="a"')
  answer = () => Promise.reject(new Error('no database'))
  const last = await metrics.text()
  expect(last).not.toContain('test_things{')
  expect(last).toContain('test_other 7\n')
})
