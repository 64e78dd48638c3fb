import fc from 'fast-check'
import { Pool } from 'undici'
import { attemptsOf } from './attempt.ts'
import type { Attempt } from './attempt.ts'
import { findFaults, parse } from './judge.ts'
import type { Answer } from './judge.ts'
import { readOperations } from './operation.ts'
import type { Operation } from './operation.ts'
import { rawCount, tryRaw } from './raw.ts'
import { openReport } from './report.ts'
import type { Report } from './report.ts'
import { speakers } from './speakers.ts'
import type { Speaker } from './speaker.ts'
import { openVocabulary } from './vocabulary.ts'
import type { Vocabulary } from './vocabulary.ts'
import { openWorld } from './world.ts'
import type { World } from './world.ts'

export type AbuseOptions = {
  /** How many, about, over all calls. */
  readonly requests: number
  /** The same seed sends the same requests. */
  readonly seed: number
  /** Dialects, or parts of calls' names ("POST /orders"); undefined: all. */
  readonly only?: readonly string[] | undefined
  /** Told now and then how far it is. */
  readonly say?: ((line: string) => void) | undefined
}

/**
 * Sends requests that no client should send to a sandbox of its own, made from what the server itself documents: with wrong
 * credentials, with wrong content, about what belongs to another, and byte by byte. A fault is an answer that is a 5xx, left the
 * dialect's envelope or told of the inside, money that moved though the request was refused or only asked, and a server that ended.
 */
export async function runAbuse({ requests, seed, only, say }: AbuseOptions): Promise<Report> {
  const world = await openWorld()
  const pool = new Pool(world.baseUrl, {
    connections: 1,
    pipelining: 1,
    bodyTimeout: 20_000,
    headersTimeout: 20_000,
  })
  const report = openReport(seed)
  try {
    const all = await readOperations(world.baseUrl)
    for (const { dialect } of all)
      if (!speakers.some((speaker) => speaker.dialect === dialect)) report.leaveOut(dialect)
    const isChosen = ({ dialect, name }: Operation): boolean =>
      only === undefined || only.some((one) => one === dialect || name.includes(one))
    const chosen = speakers
      .map((speaker) => ({ speaker, operations: operationsOf(speaker, all).filter(isChosen) }))
      .filter(({ operations }) => operations.length > 0)
    const voices = await Promise.all(
      chosen.map(({ speaker, operations }) => voiceOf(speaker, operations, world, pool)),
    )
    const share = requests / voices.reduce((sum, { operations }) => sum + operations.length, 0)
    const send = senderTo(pool, world, report)
    for (const voice of voices) await tryCredentials(voice, send, report)
    // An operator may shut out everybody else: what they do comes last.
    const isHouse = ({ speaker }: Voice): boolean => speaker.side === 'operator'
    for (const some of [voices.filter((voice) => !isHouse(voice)), voices.filter(isHouse)]) {
      await tryRequests(some, send, { perCall: share, seed, say })
      // Operators see what is everybody's.
      for (const voice of some) if (!isHouse(voice)) await tryForeignIds(voice, send, report)
    }
    for (const voice of voices) await tryBytes(voice, world, report)
    if (!world.server.isRunning()) report.blame('the server', [`ended: ${world.server.log().slice(-2_000)}`])
    const broken = await world.proveBooks()
    if (broken !== undefined) report.blame('the books', [broken])
    return report
  } finally {
    await pool.destroy()
    await world.close()
  }
}

/** What no HTTP client would write, at the first of the dialect's calls that nobody may make without a credential. */
async function tryBytes({ speaker, operations }: Voice, world: World, report: Report): Promise<void> {
  const first = operations.find(({ open }) => !open)
  if (first === undefined) return
  const path = new URL(first.address).pathname.replace(/\/$/, '') + first.path
  report.countRaw(rawCount)
  for (const { name, fault } of await tryRaw(world.baseUrl, path))
    report.blame(`${speaker.dialect}: ${name}`, [fault])
}

type Keys = Readonly<Record<string, string>>

/** Somebody who speaks one dialect, with the demo's keys or signed in. */
type Voice = {
  readonly speaker: Speaker
  /** Those in force: somebody who was signed out, or shut out, comes back as somebody else. */
  keys: Keys
  enter(): Promise<Keys>
  /** Of a partner that owns nothing. */
  readonly strangerKeys: Keys
  readonly operations: readonly Operation[]
  readonly words: Vocabulary
  /** Good bodies, by method and path. */
  readonly samples: Readonly<Record<string, readonly unknown[]>>
}

/** The calls that somebody makes, each under its own name where several make it. */
function operationsOf({ dialect, side, calls }: Speaker, all: readonly Operation[]): Operation[] {
  const who = side === undefined ? dialect : `${dialect} (${side})`
  return all
    .filter((one) => one.dialect === dialect && (calls === undefined || calls(one.path)))
    .map((one) => ({ ...one, name: one.name.replace(dialect, who) }))
}

async function voiceOf(
  speaker: Speaker,
  own: readonly Operation[],
  world: World,
  pool: Pool,
): Promise<Voice> {
  const { side } = speaker
  const { pathname } = new URL(own[0]?.address ?? world.baseUrl)
  const exchange = async (keys: Keys): Promise<Keys> =>
    speaker.enter === undefined ? keys : speaker.enter(keys, world.baseUrl + pathname.replace(/\/$/, ''))
  const enter = () => (side === undefined ? exchange(world.keysOf(speaker.dialect)) : world.signIn(side))
  const keys = await enter()
  // Before anybody is slowed down for what comes now.
  const strangerKeys =
    side === undefined
      ? await exchange(await world.strangerKeysOf(speaker.dialect))
      : await world.signIn('stranger')
  const words = openVocabulary()
  const answers: unknown[] = []
  const ask = async (target: string): Promise<void> => {
    const [some] = own
    if (some === undefined) return
    const attempt = {
      operation: { ...some, method: 'GET' },
      target,
      headers: {},
      body: undefined,
      twists: [],
    }
    const { status, text } = await sendOne(pool, attempt, speaker.sign(keys, attempt))
    if (status !== 200) throw new Error(`${speaker.dialect} answered ${status} to ${target}: ${text}`)
    answers.push(parse(text))
  }
  for (const target of speaker.starts) await ask(target)
  for (const target of speaker.more?.(answers) ?? []) await ask(target)
  words.learn(answers, { path: '', shared: true })
  // A shop stands in the paths of its calls, and is told to its program with the token.
  words.learn({ sellerId: keys['sellerId'] }, { path: '', shared: false })
  return {
    speaker,
    keys,
    enter,
    strangerKeys,
    operations: own,
    words,
    samples: speaker.samples(answers, keys),
  }
}

type Headers = Readonly<Record<string, string>>

/** Sends a request under these credentials, judges the answer and counts it. */
type Send = (voice: Voice, attempt: Attempt, credentials: Headers) => Promise<Answer | undefined>

function senderTo(pool: Pool, world: World, report: Report): Send {
  let money: string | undefined
  return async (voice, attempt, credentials) => {
    const { operation } = attempt
    const before = money ?? (await world.readMoney())
    let answer: Answer
    try {
      answer = await sendOne(pool, attempt, credentials)
    } catch (error) {
      money = undefined
      report.blame(describe(attempt), [
        `no answer: ${error instanceof Error ? error.message : String(error)}`,
      ])
      return undefined
    }
    const mayMove = operation.method !== 'GET' && answer.status < 400
    const mustCheck = operation.method !== 'GET' || answer.status >= 500
    money = mustCheck ? await world.readMoney() : before
    const faults = findFaults(voice.speaker, attempt, answer)
    if (!mayMove && money !== before) faults.push('moved money')
    report.count(operation, answer.status)
    if (faults.length > 0)
      report.blame(`${describe(attempt)} → ${answer.status} ${answer.text.slice(0, 300)}`, faults)
    if (answer.status < 300)
      voice.words.learn(parse(answer.text), {
        path: operation.path,
        shared: voice.speaker.shared.test(operation.path),
      })
    return answer
  }
}

async function sendOne(
  pool: Pool,
  { operation, target, headers, body }: Attempt,
  credentials: Headers,
): Promise<Answer> {
  const startedAt = performance.now()
  const answer = await pool.request({
    method: operation.method, // undici sends whatever method it is given.
    path: new URL(operation.address).pathname.replace(/\/$/, '') + target,
    headers: { ...headers, ...credentials },
    body: body ?? null,
  })
  const text = await answer.body.text()
  return { status: answer.statusCode, headers: answer.headers, text, tookMs: performance.now() - startedAt }
}

/** Each call with each thing that can be wrong about who makes it: all of them are refused, and the rest is what every answer must be. */
async function tryCredentials(voice: Voice, send: Send, report: Report): Promise<void> {
  for (const operation of voice.operations.filter(({ open }) => !open)) {
    const [attempt] = plainAttempts(voice, operation, 1)
    if (attempt === undefined) continue
    for (const [name, fault] of Object.entries(voice.speaker.faults)) {
      const answer = await send(voice, attempt, fault(voice.keys, attempt))
      // A nonce that comes for the second time has come for the first time before.
      if (answer !== undefined && answer.status < 400 && name !== 'a nonce for the second time')
        report.blame(`${describe(attempt)} with ${name}`, [`was let in with ${answer.status}`])
    }
  }
}

/**
 * What the demo's partner has made, asked for by a stranger: the answer is the one about something that never was. Requests that the
 * owner's keys succeed with are repeated with the stranger's, once as they are and once with all their ids scrambled.
 */
async function tryForeignIds(voice: Voice, send: Send, report: Report): Promise<void> {
  const stranger = { ...voice, keys: voice.strangerKeys, words: openVocabulary() }
  for (const operation of voice.operations) {
    const owned = await findOwned(voice, operation, send)
    if (owned === undefined) continue
    const nowhere = scramble(owned, voice)
    if (nowhere === undefined) continue
    const foreign = await send(stranger, owned, voice.speaker.sign(stranger.keys, owned))
    const unknown = await send(stranger, nowhere, voice.speaker.sign(stranger.keys, nowhere))
    if (foreign === undefined || unknown === undefined) continue
    report.compare(operation)
    if (mask(foreign) !== mask(unknown) && !voice.speaker.shared.test(operation.path))
      report.blame(describe(owned), [
        `told a stranger ${mask(foreign)}, and of nothing ${mask(unknown)}`.slice(0, 800),
      ])
  }
}

/** A request of this kind that its owner succeeds with, and that names something. */
async function findOwned(voice: Voice, operation: Operation, send: Send): Promise<Attempt | undefined> {
  for (const attempt of plainAttempts(voice, operation, 40)) {
    if (scramble(attempt, voice) === undefined) continue
    const answer = await send(voice, attempt, voice.speaker.sign(voice.keys, attempt))
    if (answer !== undefined && answer.status < 300) return attempt
  }
  return undefined
}

/** The same with every text of the vocabulary that looks like an id replaced by one of the same shape; undefined: it names nothing. */
function scramble(attempt: Attempt, { words }: Voice): Attempt | undefined {
  const names = [...words.ids()]
  const change = (text: string): string =>
    names.reduce(
      (sum, id) =>
        sum
          .replaceAll(id, scrambled(id))
          .replaceAll(encodeURIComponent(id), encodeURIComponent(scrambled(id))),
      text,
    )
  const target = change(attempt.target)
  const body = attempt.body === undefined ? undefined : Buffer.from(change(attempt.body.toString('utf8')))
  const isSame =
    target === attempt.target &&
    (body === undefined || attempt.body === undefined || body.equals(attempt.body))
  return isSame ? undefined : { ...attempt, target, body }
}

/** Digits and letters by others, so that the shape stays. */
function scrambled(id: string): string {
  return id.replaceAll(/[0-9a-f]{4,}/g, (run) =>
    run.replaceAll(/./g, (sign, place: number) =>
      ((Number.parseInt(sign, 16) * 7 + place + 3) % 10).toString(),
    ),
  )
}

/** An answer without what is different each time. */
function mask({ status, text }: Answer): string {
  return `${status} ${text.replaceAll(/[A-Za-z0-9:._-]*\d[A-Za-z0-9:._-]*/g, '#').replaceAll(/S:[A-Z]{25}/g, '#')}`
}

function plainAttempts(voice: Voice, operation: Operation, count: number): Attempt[] {
  const options = { twisted: false, samples: samplesOf(voice, operation) }
  return fc.sample(attemptsOf(operation, voice.words, options), { numRuns: count, seed: 1 })
}

function samplesOf({ samples }: Voice, { method, path }: Operation): readonly unknown[] {
  return samples[`${method} ${path}`] ?? []
}

/** The same number of requests for each call of each dialect, in rounds, so that what one has made is known to the next. */
async function tryRequests(
  voices: readonly Voice[],
  send: Send,
  { perCall, seed, say = () => undefined }: Pick<AbuseOptions, 'seed' | 'say'> & { readonly perCall: number },
): Promise<void> {
  const operations = voices.reduce((sum, voice) => sum + voice.operations.length, 0)
  if (operations === 0) return
  const perRound = 20
  const rounds = Math.max(1, Math.ceil(perCall / perRound))
  for (let round = 0; round < rounds; round += 1) {
    say(`${round * operations * perRound} of ${rounds * operations * perRound} requests`)
    for (const voice of voices)
      for (const [place, operation] of voice.operations.entries()) {
        const attempts = fc.sample(
          attemptsOf(operation, voice.words, { samples: samplesOf(voice, operation) }),
          {
            numRuns: perRound,
            seed: seed + round * 1_000 + place,
          },
        )
        for (const attempt of attempts) {
          const answer = await send(voice, attempt, voice.speaker.sign(voice.keys, attempt))
          const isOut = answer?.status === 401 && voice.speaker.side !== undefined
          if (isOut) voice.keys = await voice.enter()
        }
      }
  }
}

function describe({ operation, target, headers, body, twists }: Attempt): string {
  return `${operation.name} [${twists.join(' ')}] ${target.slice(0, 300)} ${JSON.stringify(headers).slice(0, 300)} ${body?.toString('latin1').slice(0, 600) ?? ''}`
}
