import { describe, expect, it } from 'vitest'
import { parseId } from '../../values/ids.ts'
import type { SupplierId } from '../../values/ids.ts'
import type { FulfilmentState, Progress } from './fulfilment.ts'
import { judge, nextStep, usualPaces } from './policy.ts'
import type { Step, Verdict } from './policy.ts'
import type { Goods, SupplierAnswer, SupplierProfile } from './supplier.ts'

const supplierId = parseId<SupplierId>('0199a1b2-0000-7000-8000-000000000001')
const sentAt = new Date('2026-01-15T12:00:00Z')
const settleWindowMs = 60_000
/** The first moments inside and outside the time in which a purchase may still arrive. */
const early = sentAt.getTime() + settleWindowMs - 1
const late = sentAt.getTime() + settleWindowMs

const profileNames = ['dedup+status', 'dedup', 'status', 'neither'] as const
type ProfileName = (typeof profileNames)[number]

function profileOf(name: ProfileName): SupplierProfile {
  return {
    dedupsByReference: name.startsWith('dedup'),
    statusByReference: name.endsWith('status'),
    settleWindowMs,
    timeoutMs: 30_000,
  }
}

function progress(changes: Partial<Progress>): Progress {
  return {
    state: 'dispatching',
    supplierId,
    sends: 1,
    sentAt,
    unansweredAt: undefined,
    asks: 0,
    claims: 1,
    ...changes,
  }
}

const openStates = ['accepted', 'dispatching', 'unknown', 'pending', 'parked'] as const
const endedStates = ['completed', 'failed'] as const

const goods: readonly Goods[] = [{ kind: 'code', code: 'A-CODE' }]
const answers = {
  delivered: { state: 'delivered', goods },
  refused: { state: 'refused', reason: 'out_of_stock', detail: '' },
  pending: { state: 'pending', detail: '' },
  busy: { state: 'busy', detail: '' },
  unknown: { state: 'unknown', detail: 'silence' },
  not_found: { state: 'not_found', detail: '' },
  reversed: { state: 'reversed', detail: '' },
} as const satisfies Record<SupplierAnswer['state'], SupplierAnswer>
const answerNames = Object.keys(answers) as (keyof typeof answers)[] // The keys of that very object.

type Case = {
  readonly item: Progress
  readonly asked: 'buy' | 'inquire'
  readonly answer: SupplierAnswer
  readonly name: ProfileName
  readonly nowMs: number
}

/** Every case that can be told apart, those included that should never come about. */
function* allCases(states: readonly FulfilmentState[]): Generator<Case> {
  for (const name of profileNames)
    for (const state of states)
      for (const asked of ['buy', 'inquire'] as const)
        for (const sends of [1, 2, 3])
          for (const asks of [0, 1, 3, 7, 8, 99])
            for (const nowMs of [early, late])
              for (const unansweredAt of [undefined, sentAt])
                for (const answer of answerNames) {
                  const item = progress({ state, sends, asks, unansweredAt })
                  yield { item, asked, answer: answers[answer], name, nowMs }
                }
}

function judged({ item, asked, answer, name, nowMs }: Case): Verdict {
  return judge(item, asked, answer, profileOf(name), usualPaces, nowMs)
}

/** Collected rather than asserted one by one: there are thousands, and one that fails should be read. */
function casesWhere(states: readonly FulfilmentState[], isWrong: (one: Case, verdict: Verdict) => boolean) {
  return [...allCases(states)].flatMap((one) => {
    const verdict = judged(one)
    return isWrong(one, verdict) ? [{ ...one, verdict }] : []
  })
}

describe('what to do with a due item', () => {
  /** By state: what follows at a supplier with each profile, and at one that is not there any more. */
  const table: Record<FulfilmentState, readonly Step['kind'][]> = {
    accepted: ['route', 'route', 'route', 'route', 'route'],
    dispatching: ['inquire', 'buy', 'inquire', 'park', 'park'],
    unknown: ['inquire', 'buy', 'inquire', 'park', 'park'],
    pending: ['inquire', 'buy', 'inquire', 'park', 'park'],
    parked: ['inquire', 'buy', 'inquire', 'park', 'park'],
    completed: ['inquire', 'rest', 'inquire', 'rest', 'rest'],
    failed: ['inquire', 'rest', 'inquire', 'rest', 'rest'],
  }
  const states = Object.keys(table) as FulfilmentState[] // The keys of that very object.
  const profiles = [...profileNames.map(profileOf), undefined]

  it.each(states)('%s: asks whom it may, sends again only what is recognised, else leaves it', (state) => {
    for (const claims of [1, 5])
      expect(profiles.map((profile) => nextStep(progress({ state, claims }), profile).kind)).toEqual(
        table[state],
      )
  })

  it('an item that ended five processes in a row is parked, and touched by no supplier', () => {
    for (const state of openStates)
      for (const profile of profiles)
        expect(nextStep(progress({ state, claims: 6 }), profile).kind).toBe('park')
  })

  it('an item that has ended is never parked, whatever it does to processes', () => {
    for (const state of endedStates)
      for (const profile of profiles)
        expect(nextStep(progress({ state, claims: 6 }), profile)).toEqual({ kind: 'rest' })
  })
})

describe('what follows from an answer to an item that is open', () => {
  it('delivered completes it, and nothing else does', () => {
    expect(
      casesWhere(
        openStates,
        ({ answer }, { kind }) => (kind === 'complete') !== (answer.state === 'delivered'),
      ),
    ).toEqual([])
  })

  it('only an explicit word refuses it, or a supplier that was busy to its only purchase until the end of the list', () => {
    const isExplicit = ({ state }: SupplierAnswer) => state === 'refused' || state === 'reversed'
    const isTiredOf = ({ item, asked, answer }: Case) =>
      answer.state === 'busy' &&
      asked === 'buy' &&
      item.sends === 1 &&
      item.asks >= usualPaces.busyAfterMs.length
    const wrong = casesWhere(
      openStates,
      (one, { kind }) => kind === 'refused' && !isExplicit(one.answer) && !isTiredOf(one),
    )
    expect(wrong).toEqual([])
  })

  it('a refused repeat refuses it only when no try that had no answer can arrive any more', () => {
    const kindOf = (asked: 'buy' | 'inquire', unansweredAt: Date | undefined, nowMs: number) => {
      const item = progress({ sends: 2, unansweredAt, sentAt: new Date(0) })
      return judged({ item, asked, answer: answers.refused, name: 'dedup+status', nowMs }).kind
    }
    expect([
      kindOf('buy', undefined, early),
      kindOf('buy', sentAt, early),
      kindOf('buy', sentAt, late),
    ]).toEqual(['refused', 'wait', 'refused'])
    // What a question finds has an end of its own, which every repeat is answered with.
    expect(kindOf('inquire', sentAt, early)).toBe('refused')
  })

  it('is sent again at once only where "not found" was said and a repeat is recognised', () => {
    const wrong = casesWhere(openStates, ({ answer, name }, { kind }) => {
      const isSafe = answer.state === 'not_found' && profileOf(name).dedupsByReference
      return (kind === 'send_again') !== isSafe
    })
    expect(wrong).toEqual([])
  })

  it('counts as never asked only where its one purchase was answered with busy', () => {
    const wrong = casesWhere(openStates, ({ item, asked, answer }, { kind }) => {
      const wasNotTaken = answer.state === 'busy' && asked === 'buy' && item.sends === 1
      return kind === 'unasked' && !wasNotTaken
    })
    expect(wrong).toEqual([])
  })

  it('silence is asked about again, and left to a person where nobody can be asked', () => {
    const wrong = casesWhere(openStates, ({ answer, name, item }, verdict) => {
      if (answer.state !== 'unknown') return false
      if (name === 'neither') return verdict.kind !== 'park'
      const state = item.state === 'pending' ? 'pending' : 'unknown'
      return verdict.kind !== 'wait' || verdict.state !== state
    })
    expect(wrong).toEqual([])
  })

  it('"not found" where repeats are not recognised waits as long as the purchase may arrive, then for a person', () => {
    const wrong = casesWhere(openStates, ({ answer, name, nowMs }, { kind }) => {
      if (answer.state !== 'not_found' || profileOf(name).dedupsByReference) return false
      return kind !== (nowMs === early ? 'wait' : 'park')
    })
    expect(wrong).toEqual([])
  })

  it('pending is pending, and busy leaves what was sent before as it was', () => {
    const wrong = casesWhere(openStates, ({ answer, asked, item }, verdict) => {
      if (answer.state === 'pending') return verdict.kind !== 'wait' || verdict.state !== 'pending'
      if (answer.state !== 'busy' || (asked === 'buy' && item.sends === 1)) return false
      return verdict.kind !== 'wait' || verdict.state !== (item.state === 'pending' ? 'pending' : 'unknown')
    })
    expect(wrong).toEqual([])
  })

  it('is never a break, nor at rest', () => {
    expect(casesWhere(openStates, (_, { kind }) => kind === 'break' || kind === 'rest')).toEqual([])
  })
})

describe('what follows from an answer to an item that has ended', () => {
  /** All that is not a break changes nothing. */
  const breaks = new Map([
    ['failed delivered', 'late_success'],
    ['completed reversed', 'reversal'],
    ['completed refused', 'reversal'],
  ])

  it('the opposite of its end is a break, and nothing moves by itself', () => {
    const wrong = casesWhere(endedStates, ({ item, answer }, verdict) => {
      const expected = breaks.get(`${item.state} ${answer.state}`)
      return expected === undefined
        ? verdict.kind !== 'rest'
        : verdict.kind !== 'break' || verdict.break !== expected
    })
    expect(wrong).toEqual([])
  })

  it('the goods of a late success are kept', () => {
    const item = progress({ state: 'failed' })
    const verdict = judged({
      item,
      asked: 'inquire',
      answer: answers.delivered,
      name: 'dedup+status',
      nowMs: late,
    })
    expect(verdict).toEqual({ kind: 'break', break: 'late_success', goods })
  })
})

describe('the pace', () => {
  const waitAfter = (
    answer: SupplierAnswer,
    changes: Partial<Progress>,
    asked: 'buy' | 'inquire' = 'inquire',
  ) => {
    const verdict = judged({ item: progress(changes), asked, answer, name: 'status', nowMs: early })
    return 'afterMs' in verdict ? verdict.afterMs : undefined
  }

  it('of questions is 2, 5, 15, 60 s, 5, 30 min, then hourly', () => {
    const waits = Array.from({ length: 9 }, (_, asks) => waitAfter(answers.unknown, { asks }))
    expect(waits).toEqual([2_000, 5_000, 15_000, 60_000, 300_000, 1_800_000, 3_600_000, 3_600_000, 3_600_000])
  })

  it('of "not found" never passes the end of the settle window by more than the window', () => {
    expect(waitAfter(answers.not_found, { asks: 8 })).toBe(settleWindowMs)
  })

  it('of a refused repeat ends with the settle window', () => {
    const verdict = judged({
      item: progress({ sends: 2, unansweredAt: sentAt, asks: 5 }),
      asked: 'buy',
      answer: answers.refused,
      name: 'dedup',
      nowMs: early,
    })
    expect(verdict).toEqual({ kind: 'wait', state: 'unknown', afterMs: 1 })
  })

  it('of a busy supplier is its own where it asks for more, but at most an hour', () => {
    const busy = (retryAfterMs: number): SupplierAnswer => ({ state: 'busy', detail: '', retryAfterMs })
    expect(waitAfter(busy(10), { asks: 0 }, 'buy')).toBe(1_000)
    expect(waitAfter(busy(7_000), { asks: 0 }, 'buy')).toBe(7_000)
    expect(waitAfter(busy(86_400_000), { asks: 0 }, 'buy')).toBe(3_600_000)
    expect(waitAfter(busy(86_400_000), { asks: 0, sends: 2 }, 'buy')).toBe(3_600_000)
    expect(waitAfter(busy(0), { asks: 2, sends: 2 }, 'buy')).toBe(15_000)
  })

  it('never asks for a wait that is no number, or longer than an hour', () => {
    const wrong = casesWhere(
      openStates,
      (_, verdict) => 'afterMs' in verdict && !(verdict.afterMs > 0 && verdict.afterMs <= 3_600_000),
    )
    expect(wrong).toEqual([])
  })
})
