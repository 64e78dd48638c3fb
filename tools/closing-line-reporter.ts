import { writeSync } from 'node:fs'
import type { Reporter, SerializedError, TestModule, TestSuite } from 'vitest/node'

/** What the closing line counts. */
export type Tally = { passed: number; failed: number; skipped: number }

/**
 * Ends every run with one line that a script can read: "12 passed, 0 failed", with ", 3 skipped" when some were.
 *
 * The line is written while the process exits, because teardown and the other reporters may still print after the
 * tests are over. It never claims success for a run that failed: a file that cannot be loaded, a hook that throws,
 * an error outside any test, a run without tests and a non-zero exit each count as at least one failure.
 */
export class ClosingLineReporter implements Reporter {
  private tally: Tally = { passed: 0, failed: 0, skipped: 0 }

  onInit(): void {
    process.once('exit', (exitCode) => {
      const { tally } = this
      // No test ran, or something failed where no test could see it.
      if (tally.failed === 0 && (tally.passed === 0 || exitCode !== 0)) tally.failed = 1
      if (tally.failed > 0 && exitCode === 0) process.exitCode = 1
      writeSync(process.stdout.fd, `${closingLine(tally)}\n`)
    })
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const tally = { passed: 0, failed: unhandledErrors.length, skipped: 0 }
    for (const module of modules) count(module, tally)
    this.tally = tally
  }
}

/** The line itself, without the end of line. */
export function closingLine({ passed, failed, skipped }: Tally): string {
  const line = `${passed} passed, ${failed} failed`
  return skipped === 0 ? line : `${line}, ${skipped} skipped`
}

function count(module: TestModule, tally: Tally): void {
  let tests = 0
  for (const test of module.children.allTests()) {
    // A test that is still pending when the run is over was cut off.
    const { state } = test.result()
    tally[state === 'pending' ? 'failed' : state] += 1
    tests += 1
  }
  const brokenSuites = [module, ...module.children.allSuites()].filter(hasErrors).length
  const neverRan =
    tests === 0 && brokenSuites === 0 && module.state() !== 'passed' && module.state() !== 'skipped'
  tally.failed += brokenSuites + (neverRan ? 1 : 0)
}

/** Errors of a file or a describe block itself: it did not load, or one of its hooks threw. */
function hasErrors(suite: TestModule | TestSuite): boolean {
  return suite.errors().length > 0
}
