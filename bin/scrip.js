#!/usr/bin/env node
// The product's command line: installs what is missing, changes to a Node that runs TypeScript, and hands over to src/cli.ts.
import module from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  fail,
  isNewEnough,
  hideTypeStrippingWarning,
  mergeRepeatedSignals,
  nodeForTypeScript,
  prepare,
  root,
  runInstead,
  stopWithParent,
} from './launcher.js'
import { ensureWebApp } from './web-app.js'

const args = process.argv.slice(2)

try {
  await prepare()
  if (!isNewEnough()) {
    const script = fileURLToPath(import.meta.url)
    await runInstead(nodeForTypeScript(root), [script, ...args], { childStopsWithUs: true })
  }
} catch (error) {
  fail(error)
}

try {
  // Whoever serves pages has them up to date; the first word that is no option is the command.
  const command = args.find((word) => !word.startsWith('-'))
  if ((command === 'up' || command === 'server') && !args.includes('--help'))
    await ensureWebApp((line) => console.error(line))
} catch (error) {
  fail(error)
}

stopWithParent()
mergeRepeatedSignals()
hideTypeStrippingWarning()
// What was compiled once is kept, which halves the time that a command takes. In our own folder: others can write to the usual one.
module.enableCompileCache?.(join(root, 'node_modules/.cache/scrip'))
const { main } = await import('../src/cli.ts')
await main(args)
