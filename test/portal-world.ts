import { ensureWebApp, webAppFolder } from '../bin/web-app.js'
import { readWebApp } from '../src/platform/web-app.ts'
import type { User } from '../src/core/users/user.ts'
import { houseId } from '../src/core/messages/message.ts'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { desktop } from './browser.ts'
import { createIascroftWorld } from './iascroft-world.ts'
import type { IascroftWorld } from './iascroft-world.ts'
import type { TestAppOptions } from './app.ts'
import { goodPassword } from './people-world.ts'

/** A server with the portal and the console as they are built from this tree. */
export async function startPortal(options: TestAppOptions = {}): Promise<IascroftWorld> {
  await ensureWebApp()
  return createIascroftWorld({ ...options, webApp: readWebApp(webAppFolder) })
}

/** Signs somebody in as they would: on the page. */
async function signInOn(page: Page, baseUrl: string, user: User, password = goodPassword): Promise<void> {
  await page.goto(`${baseUrl}/${user.partnerId === houseId ? 'console' : 'portal'}/sign-in`)
  await page.getByLabel('E-mail').fill(user.email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
}

/** A page in a browser of its own. */
export type OpenedPage = {
  readonly context: BrowserContext
  readonly page: Page
  /** What the page itself found wrong, and every dialog that a script opened. */
  readonly faults: readonly string[]
}

/** Signs somebody in, in a browser of their own that notes whatever a page's own console complains of. */
export async function openFor(
  browser: Browser,
  baseUrl: string,
  user: User,
  options: Parameters<Browser['newContext']>[0] = desktop,
): Promise<OpenedPage> {
  const opened = await openPage(browser, options)
  await signInOn(opened.page, baseUrl, user)
  return opened
}

/** The same for nobody in particular. */
export async function openPage(
  browser: Browser,
  options: Parameters<Browser['newContext']>[0] = desktop,
): Promise<OpenedPage> {
  const context = await browser.newContext({ ...options, locale: 'en-GB' })
  // A test that waits for what does not come says where, before its own time is over.
  context.setDefaultTimeout(30_000)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('console', (message) => {
    // What the server refuses is logged by the browser itself.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      faults.push(message.text())
  })
  return { context, page, faults }
}
