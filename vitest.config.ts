import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { ClosingLineReporter } from './tools/closing-line-reporter.ts'
import { LongestFirst } from './tools/longest-first.ts'

const globalSetup = join(import.meta.dirname, 'test/global-setup.ts')

/** Tests run against a real database, so a handful of processes is what a small machine can feed. */
export default defineConfig({
  test: {
    environment: 'node',
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'bin/**/*.test.ts', 'tools/**/*.test.ts'],
    globalSetup: existsSync(globalSetup) ? [globalSetup] : [],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    sequence: { sequencer: LongestFirst },
    reporters: ['default', new ClosingLineReporter()],
  },
})
