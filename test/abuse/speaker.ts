import type { Attempt } from './attempt.ts'

export type Headers = Readonly<Record<string, string>>

/** What `demo.json` holds of a dialect. */
export type Keys = Readonly<Record<string, string>>

/** How somebody of one dialect proves who they are, and how it refuses. */
export type Speaker = {
  readonly dialect: string
  /** Absent: a program with the dialect's keys. Else somebody signed in, of a partner or of the house: the keys are those of their session. */
  readonly side?: 'partner' | 'operator'
  /** Which of the dialect's calls are theirs; absent: all. */
  calls?(path: string): boolean
  /** The headers that a good call carries, fresh ones for each call. */
  sign(keys: Keys, attempt: Attempt): Headers
  /** Signs in first, where a dialect gives out tokens for a while: the keys, with what that gave. Absent: the keys are enough. */
  enter?(keys: Keys, address: string): Promise<Keys>
  /** The same with one thing wrong, by what is wrong; each must be refused. */
  readonly faults: Readonly<Record<string, (keys: Keys, attempt: Attempt) => Headers>>
  /** Whether a body is the dialect's failure. */
  isFailure(body: unknown): boolean
  /** Calls whose answers tell what can be bought: GET, below the API's address. */
  readonly starts: readonly string[]
  /** More of these, made from the answers so far; their own come behind. */
  more?(answers: readonly unknown[]): readonly string[]
  /** Good bodies by "POST /orders", made from the answers of `starts`; they go further in than what a schema alone allows. */
  samples(answers: readonly unknown[], keys: Keys): Readonly<Record<string, readonly unknown[]>>
  /** Paths whose records belong to nobody: everybody may see them. */
  readonly shared: RegExp
}
