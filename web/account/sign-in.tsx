import { Anchor, Container, Paper, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { User } from '../../src/dialects/house/wire/account.ts'
import { Problem, call, queryClient, side } from '../shared/api.ts'
import { Form } from '../shared/form.tsx'
import { useLocale } from '../shared/texts.ts'

/** Address and password, and a code where an app was set up. */
export function SignInPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [needsCode, setNeedsCode] = useState(false)
  const { data } = useQuery({
    queryKey: ['setup'],
    queryFn: () => call<{ needed: boolean }>('GET', '/setup'),
    enabled: side === 'operator',
  })
  return (
    <Gate title={side === 'operator' ? t('Console') : t('Portal')}>
      <Form
        key={String(needsCode)}
        fields={[
          {
            name: 'email',
            label: t('E-mail'),
            kind: 'email',
            autoComplete: 'username',
            start: lastTyped.email,
          },
          {
            name: 'password',
            label: t('Password'),
            kind: 'password',
            autoComplete: 'current-password',
            start: needsCode ? lastTyped.password : '',
          },
          ...(needsCode
            ? [
                {
                  name: 'code',
                  label: t('Code'),
                  kind: 'code' as const,
                  description: t('From your authenticator app, or a recovery code.'),
                },
              ]
            : []),
        ]}
        action={t('Sign in')}
        onSubmit={async (values) => {
          try {
            const user = await call<User>('POST', '/session', { side, ...values })
            lastTyped.password = ''
            await useLocale(user.locale)
            queryClient.clear()
            await navigate({ to: '/' })
          } catch (error) {
            if (!(error instanceof Problem) || error.code !== 'code_required' || needsCode) throw error
            lastTyped.email = values['email'] ?? ''
            lastTyped.password = values['password'] ?? ''
            setNeedsCode(true)
          }
        }}
      />
      <Text size='sm' mt='md'>
        <Anchor component={Link} to='/forgot' underline='always'>
          {t('Forgot your password?')}
        </Anchor>
      </Text>
      {data?.needed === true ? (
        <Text size='sm' mt='xs'>
          {t('There is no operator yet.')}{' '}
          <Anchor component={Link} to='/setup' underline='always'>
            {t('Set up the first one')}
          </Anchor>
        </Text>
      ) : null}
    </Gate>
  )
}

/** Kept in this page's memory alone, between the two steps of a sign-in. */
const lastTyped = { email: '', password: '' }

/** The frame of all pages that are there before anybody is signed in. */
function Gate({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Container size={420} my={80} component='main'>
      <Title order={1} size='h2' ta='center' mb='lg'>
        Scrip · {title}
      </Title>
      <Paper withBorder p='lg' radius='md'>
        {children}
      </Paper>
    </Container>
  )
}

export function ForgotPage() {
  const { t } = useTranslation()
  const [isAsked, setAsked] = useState(false)
  return (
    <Gate title={t('Forgot your password?')}>
      {isAsked ? (
        <Text role='status'>{t('If somebody has this address, a link is on its way to it.')}</Text>
      ) : (
        <Form
          fields={[{ name: 'email', label: t('E-mail'), kind: 'email', autoComplete: 'username' }]}
          action={t('Send a link')}
          onSubmit={async ({ email = '' }) => {
            await call('POST', '/password-resets', { side, email })
            setAsked(true)
          }}
        />
      )}
    </Gate>
  )
}

/** A link of an invitation or a reset leads here; its token stands behind the "#", which no server sees. */
export function PasswordPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  return (
    <Gate title={t('Choose a password')}>
      <Form
        fields={[
          {
            name: 'password',
            label: t('New password'),
            kind: 'password',
            autoComplete: 'new-password',
            description: t('At least 12 characters; several words are good.'),
          },
        ]}
        action={t('Choose it')}
        onSubmit={async ({ password = '' }) => {
          const token = location.hash.slice(1)
          const chosen = await call<{ email: string }>('POST', '/passwords', { token, password })
          lastTyped.email = chosen.email
          await navigate({ to: '/sign-in' })
        }}
      />
    </Gate>
  )
}

/** Makes the first operator. */
export function SetupPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  return (
    <Gate title={t('First operator')}>
      <Form
        fields={[
          {
            name: 'code',
            label: t('Setup code'),
            start: location.hash.slice(1),
            description: t('The server printed it when it started; "scrip user setup-code" prints another.'),
          },
          { name: 'name', label: t('Name'), autoComplete: 'name' },
          { name: 'email', label: t('E-mail'), kind: 'email', autoComplete: 'username' },
          {
            name: 'password',
            label: t('Password'),
            kind: 'password',
            autoComplete: 'new-password',
            description: t('At least 12 characters; several words are good.'),
          },
        ]}
        action={t('Set up')}
        onSubmit={async (values) => {
          await call('POST', '/setup', values)
          lastTyped.email = values['email'] ?? ''
          await navigate({ to: '/sign-in' })
        }}
      />
    </Gate>
  )
}
