import { ensureWebApp, webAppFolder } from '../bin/web-app.js'
import { readWebApp } from '../src/platform/web-app.ts'
import type { User } from '../src/core/users/user.ts'
import { houseId } from '../src/core/messages/message.ts'
import type { Page } from 'playwright-core'
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
export async function signInOn(
  page: Page,
  baseUrl: string,
  user: User,
  password = goodPassword,
): Promise<void> {
  await page.goto(`${baseUrl}/${user.partnerId === houseId ? 'console' : 'portal'}/sign-in`)
  await page.getByLabel('E-mail').fill(user.email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
}
