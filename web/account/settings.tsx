import {
  Alert,
  Button,
  Card,
  Code,
  Group,
  SegmentedControl,
  Stack,
  Text,
  Title,
  useMantineColorScheme,
} from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Session, SignedIn } from '../../src/dialects/house/wire/account.ts'
import { call } from '../shared/api.ts'
import { Form } from '../shared/form.tsx'
import { List } from '../shared/list.tsx'
import { PageHead, SecretOnce, When, act, refresh } from '../shared/parts.tsx'
import { QrCode } from '../shared/qr-code.tsx'
import { useSession } from '../shared/session.ts'
import { useLocale } from '../shared/texts.ts'

/** Somebody's own account: name, language, looks, password, second factor, sessions. */
export function SettingsPage() {
  const { t } = useTranslation()
  const { data } = useSession()
  if (data === undefined) return null
  return (
    <>
      <PageHead title={t('Settings')} />
      <Stack>
        <Profile signedIn={data} />
        <Looks />
        <Password />
        <Authenticator isOn={data.user.has_authenticator} />
        <Sessions />
      </Stack>
    </>
  )
}

function Profile({ signedIn }: { readonly signedIn: SignedIn }) {
  const { t } = useTranslation()
  const { user } = signedIn
  const zones = Intl.supportedValuesOf('timeZone')
  return (
    <Card withBorder>
      <Title order={2} size='h4' mb='sm'>
        {t('You')}
      </Title>
      <Form
        fields={[
          { name: 'name', label: t('Name'), start: user.name, autoComplete: 'name' },
          {
            name: 'locale',
            label: t('Language'),
            kind: 'select',
            start: user.locale,
            options: [
              { value: 'en', label: 'English' },
              { value: 'ru', label: 'Русский' },
            ],
          },
          {
            name: 'time_zone',
            label: t('Time zone'),
            kind: 'select',
            start: user.time_zone,
            options: ['UTC', ...zones.filter((zone) => zone !== 'UTC')].map((zone) => ({
              value: zone,
              label: zone,
            })),
          },
        ]}
        action={t('Save')}
        onSubmit={async (values) => {
          await call('PATCH', '/account', values)
          await useLocale(values['locale'] ?? 'en')
          await refresh('session')
        }}
      />
    </Card>
  )
}

function Looks() {
  const { t } = useTranslation()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <Card withBorder>
      <Title order={2} size='h4' mb='sm'>
        {t('Looks')}
      </Title>
      <SegmentedControl
        aria-label={t('Looks')}
        value={colorScheme}
        onChange={(value) => setColorScheme(value === 'dark' ? 'dark' : value === 'light' ? 'light' : 'auto')}
        data={[
          { value: 'auto', label: t('As the system') },
          { value: 'light', label: t('Light') },
          { value: 'dark', label: t('Dark') },
        ]}
      />
    </Card>
  )
}

function Password() {
  const { t } = useTranslation()
  const [times, setTimes] = useState(0)
  return (
    <Card withBorder>
      <Title order={2} size='h4' mb='sm'>
        {t('Password')}
      </Title>
      {times === 0 ? null : <Alert mb='sm'>{t('Changed. You are signed out everywhere else.')}</Alert>}
      <Form
        key={times}
        fields={[
          {
            name: 'old_password',
            label: t('Present password'),
            kind: 'password',
            autoComplete: 'current-password',
          },
          { name: 'new_password', label: t('New password'), kind: 'password', autoComplete: 'new-password' },
        ]}
        action={t('Change')}
        onSubmit={async (values) => {
          await call('PUT', '/account/password', values)
          setTimes(times + 1)
          await refresh('/account/sessions')
        }}
      />
    </Card>
  )
}

function Authenticator({ isOn }: { readonly isOn: boolean }) {
  const { t } = useTranslation()
  const [begun, setBegun] = useState<{ secret: string; address: string }>()
  const [recovery, setRecovery] = useState<readonly string[]>()
  return (
    <Card withBorder>
      <Title order={2} size='h4' mb='sm'>
        {t('Authenticator app')}
      </Title>
      {recovery === undefined ? null : (
        <Alert mb='sm' title={t('Recovery codes')}>
          <Text size='sm'>
            {t('Each stands in for the app once. They are shown only now: keep them somewhere safe.')}
          </Text>
          <Code block mt='xs'>
            {recovery.join('\n')}
          </Code>
        </Alert>
      )}
      {isOn ? (
        <Form
          fields={[
            { name: 'password', label: t('Password'), kind: 'password', autoComplete: 'current-password' },
            { name: 'code', label: t('Code'), kind: 'code' },
          ]}
          action={t('Do without the app')}
          isDangerous
          onSubmit={async (values) => {
            await call('POST', '/account/authenticator/removal', values)
            setRecovery(undefined)
            await refresh('session')
          }}
        />
      ) : begun === undefined ? (
        <Group>
          <Text size='sm'>{t('A code from an app on your phone is asked for beside the password.')}</Text>
          <Button
            variant='default'
            onClick={() =>
              void call<{ secret: string; address: string }>('POST', '/account/authenticator').then(setBegun)
            }
          >
            {t('Set it up')}
          </Button>
        </Group>
      ) : (
        <Stack>
          <QrCode text={begun.address} label={t('QR code for the authenticator app')} />
          <SecretOnce label={t('Or type this secret')} value={begun.secret} />
          <Form
            fields={[{ name: 'code', label: t('Code that the app shows'), kind: 'code' }]}
            action={t('Confirm')}
            onSubmit={async (values) => {
              const made = await call<{ recovery_codes: string[] }>('PUT', '/account/authenticator', values)
              setRecovery(made.recovery_codes)
              setBegun(undefined)
              await refresh('session')
            }}
          />
        </Stack>
      )}
    </Card>
  )
}

function Sessions() {
  const { t } = useTranslation()
  const path = '/account/sessions'
  return (
    <Card withBorder>
      <Group justify='space-between' mb='sm'>
        <Title order={2} size='h4'>
          {t('Where you are signed in')}
        </Title>
        <Button
          size='xs'
          variant='default'
          onClick={() => void act(() => call('DELETE', path), t('The other sessions have ended.'), path)}
        >
          {t('End the others')}
        </Button>
      </Group>
      <List<Session>
        path={path}
        keyOf={({ id }) => id}
        empty=''
        columns={[
          { title: t('Browser'), show: ({ agent }) => agent.slice(0, 80) },
          { title: t('Address'), show: ({ address }) => address },
          { title: t('Last seen'), show: ({ seen_at: at }) => <When at={at} /> },
          {
            title: t('Action'),
            show: ({ id, is_current: isCurrent }) =>
              isCurrent ? (
                t('this one')
              ) : (
                <Button
                  size='xs'
                  variant='default'
                  onClick={() => void act(() => call('DELETE', `${path}/${id}`), t('Ended.'), path)}
                >
                  {t('End')}
                </Button>
              ),
          },
        ]}
      />
    </Card>
  )
}
