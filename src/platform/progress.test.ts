import { expect, it } from 'vitest'
import { openProgress } from './progress.ts'

function open(isTTY: boolean, isShown = true) {
  const written: string[] = []
  const progress = openProgress('Copying', isShown, {
    isTTY,
    columns: 60,
    write: (text) => written.push(text),
  })
  return { progress, written }
}

it('writes nothing where there is no terminal, where nobody wants it, or when there was nothing to do', () => {
  for (const { progress, written } of [open(false), open(true, false)]) {
    progress.at(1, 2, 'files')
    progress.end('done')
    expect(written).toEqual([])
  }
  const { progress, written } = open(true)
  progress.end('done')
  progress.fail()
  expect(written).toEqual([])
})

it('draws within the width of the terminal, reaches the end, and leaves one line behind', () => {
  const { progress, written } = open(true)
  for (let step = 0; step <= 1_000; step += 1)
    progress.at(step, 1_000, 'a name that is far too long for a terminal of sixty columns')
  expect(written.length).toBeLessThan(1_000)
  for (const line of written) expect(line.replace('\r\u001B[2K', '').length).toBeLessThan(60)
  expect(written.at(-1)).toContain('100 %')
  progress.end('Copied')
  progress.fail()
  expect(written.at(-1)).toBe('\r\u001B[2K✓ Copied\n')
})
