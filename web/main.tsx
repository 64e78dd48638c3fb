import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './shared/app.css'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { router } from './routes.tsx'
import { queryClient } from './shared/api.ts'
import { startTexts } from './shared/texts.ts'
import { theme, variables } from './shared/theme.ts'

const nonce = document.querySelector<HTMLMetaElement>('meta[name="scrip-nonce"]')?.content ?? ''
// A library that keeps the page from scrolling behind a dialog asks for it under this name.
Object.assign(globalThis, { __webpack_nonce__: nonce })
const place = document.querySelector('#root')
if (place === null) throw new Error('The page has no place for the app.')
await startTexts()
createRoot(place).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      defaultColorScheme='auto'
      getStyleNonce={() => nonce}
    >
      <Notifications />
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
