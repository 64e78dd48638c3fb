import { BrokenCircuitError, circuitBreaker, CircuitState, ConsecutiveBreaker, handleAll } from 'cockatiel'

/** Keeps calls from somebody who only fails: after some failures in a row none is made for a while, then one, and if that goes well all. */
export type Breaker = {
  /** Whether a call would be refused now. */
  isOpen(): boolean
  /**
   * Makes a call and answers with its value; `isFailure` tells whether it counts as one. Undefined: the circuit is open, and nothing was
   * called. What the call throws counts as a failure and is thrown on.
   */
  run<T>(call: () => Promise<T>, isFailure: (value: T) => boolean): Promise<T | undefined>
}

/**
 * @param options.failures in a row that open it
 * @param options.restMs how long nothing is called then
 */
export function openBreaker(options: { readonly failures: number; readonly restMs: number }): Breaker {
  const policy = circuitBreaker(handleAll, {
    halfOpenAfter: options.restMs,
    breaker: new ConsecutiveBreaker(options.failures),
  })
  let openUntilMs = 0
  policy.onBreak(() => (openUntilMs = performance.now() + options.restMs))
  return {
    // The policy itself notices that the rest is over when it is next asked to call.
    isOpen: () => policy.state === CircuitState.Open && performance.now() < openUntilMs,
    async run(call, isFailure) {
      try {
        return await policy.execute(async () => {
          const value = await call()
          if (isFailure(value)) throw new BadValue(value)
          return value
        })
      } catch (error) {
        if (error instanceof BadValue) return error.value as Awaited<ReturnType<typeof call>> // Thrown above, with that call's own value.
        if (error instanceof BrokenCircuitError) return undefined
        throw error
      }
    },
  }
}

class BadValue extends Error {
  override readonly name = 'BadValue'
  readonly value: unknown

  constructor(value: unknown) {
    super('The value counts as a failure.')
    this.value = value
  }
}
