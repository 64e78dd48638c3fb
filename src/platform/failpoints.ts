import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Named places at which the test harness makes this process die or stall, by SCRIP_FAILPOINTS: "name=kill", "name=stall:60000", with
 * "@3" behind it for the third time only, commas between several. Without the setting, passing one costs a comparison.
 */
export async function failpoint(name: string): Promise<void> {
  if (armed === undefined) return
  const point = armed.get(name)
  if (point === undefined) return
  point.passed += 1
  if (point.onlyAt !== undefined && point.passed !== point.onlyAt) return
  if (point.action === 'kill') process.kill(process.pid, 'SIGKILL')
  await sleep(point.stallMs)
}

type Point = {
  readonly action: 'kill' | 'stall'
  readonly stallMs: number
  readonly onlyAt: number | undefined
  passed: number
}

const armed = readPoints(process.env['SCRIP_FAILPOINTS'])

function readPoints(text: string | undefined): ReadonlyMap<string, Point> | undefined {
  if (text === undefined || text === '') return undefined
  return new Map(
    text.split(',').map((part) => {
      const [, name, action, stall, at] =
        /^([a-z.-]+)=(kill|stall)(?::(\d+))?(?:@(\d+))?$/.exec(part.trim()) ?? []
      if (name === undefined || (action !== 'kill' && action !== 'stall'))
        throw new Error(`SCRIP_FAILPOINTS: "${part}" is no failpoint.`)
      const point: Point = {
        action,
        // A process that kills itself goes on for a moment: it must not get past this place.
        stallMs: Number(stall ?? (action === 'kill' ? '60000' : '0')),
        onlyAt: at === undefined ? undefined : Number(at),
        passed: 0,
      }
      return [name, point]
    }),
  )
}
