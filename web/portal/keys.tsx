import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Static } from 'typebox'
import type { FormatsReply, IssuedKey, Key } from '../../src/dialects/house/wire/developers.ts'
import { call } from '../shared/api.ts'
import { Form } from '../shared/form.tsx'
import { List } from '../shared/list.tsx'
import { Dialog, PageHead, SecretOnce, When, act, refresh, saveAs } from '../shared/parts.tsx'
import { useAbility } from '../shared/session.ts'

export function KeysPage() {
  const { t } = useTranslation()
  const canDevelop = useAbility('develop')
  return (
    <>
      <PageHead title={t('API keys')}>
        {canDevelop ? (
          <Dialog label={t('New key')} title={t('New key')}>
            {() => <KeyForm />}
          </Dialog>
        ) : null}
      </PageHead>
      <List<Key>
        path='/keys'
        keyOf={({ id }) => id}
        empty={t('There is no key yet.')}
        columns={[
          { title: t('Format'), show: ({ format }) => format },
          { title: t('Label'), show: ({ label }) => label },
          { title: t('Token'), show: ({ hint }) => <span className='code'>{hint}</span> },
          { title: t('Scopes'), show: ({ scopes }) => scopes.join(', ') },
          { title: t('From'), show: ({ addresses }) => addresses.join(', ') || t('anywhere') },
          { title: t('Made'), show: (key) => <When at={key.created_at} /> },
          {
            title: t('Ends'),
            show: (key) => (key.revoked_at === null ? <When at={key.expires_at} /> : t('ended')),
          },
          {
            title: t('Action'),
            show: (key) =>
              canDevelop && key.revoked_at === null ? (
                <Group gap='xs' wrap='nowrap'>
                  <Dialog label={t('Rotate')} title={t('Rotate')} variant='default' size='xs'>
                    {() => <RotateForm path={`/keys/${key.id}/rotate`} />}
                  </Dialog>
                  <Button
                    size='xs'
                    variant='default'
                    onClick={() =>
                      void act(() => call('DELETE', `/keys/${key.id}`), t('The key has ended.'), '/keys')
                    }
                  >
                    {t('End')}
                  </Button>
                </Group>
              ) : null,
          },
        ]}
      />
    </>
  )
}

function KeyForm() {
  const { t } = useTranslation()
  const [issued, setIssued] = useState<IssuedKey>()
  const { data } = useQuery({
    queryKey: ['/formats'],
    queryFn: () => call<Static<typeof FormatsReply>>('GET', '/formats'),
  })
  if (issued !== undefined) return <Issued issued={issued} />
  if (data === undefined) return null
  return (
    <Form
      fields={[
        {
          name: 'format',
          label: t('Format'),
          kind: 'select',
          start: data.data[0]?.name ?? '',
          options: data.data.map(({ name, title }) => ({ value: name, label: `${name} (${title})` })),
        },
        { name: 'label', label: t('Label'), isOptional: true },
        {
          name: 'scopes',
          label: t('Scopes'),
          isOptional: true,
          description: t('With commas between; “write” lets a key of our own format buy.'),
        },
        {
          name: 'addresses',
          label: t('Addresses it may be used from'),
          isOptional: true,
          description: t('With commas between, such as 192.0.2.0/24; none: from anywhere.'),
        },
      ]}
      action={t('Make it')}
      onSubmit={async ({ format = '', label = '', scopes = '', addresses = '' }) => {
        const body = { format, label, scopes: words(scopes), addresses: words(addresses) }
        setIssued(await call<IssuedKey>('POST', '/keys', body))
        await refresh('/keys')
      }}
    />
  )
}

function RotateForm({ path }: { readonly path: string }) {
  const { t } = useTranslation()
  const [issued, setIssued] = useState<IssuedKey>()
  if (issued !== undefined) return <Issued issued={issued} />
  return (
    <Form
      fields={[
        {
          name: 'grace',
          label: t('The old one works on for'),
          kind: 'select',
          start: '86400',
          options: [
            { value: '0', label: t('not at all') },
            { value: '3600', label: t('an hour') },
            { value: '86400', label: t('a day') },
            { value: '604800', label: t('a week') },
          ],
        },
      ]}
      action={t('Rotate')}
      onSubmit={async ({ grace }) => {
        setIssued(await call<IssuedKey>('POST', path, { grace_seconds: Number(grace) }))
        await refresh('/keys')
      }}
    />
  )
}

function Issued({ issued }: { readonly issued: IssuedKey }) {
  const { t } = useTranslation()
  const { private_key: privateKey, encryption_key: encryptionKey } = issued
  return (
    <Stack>
      <Alert color='orange'>{t('This is shown only now.')}</Alert>
      {issued.username === null ? null : <SecretOnce label={t('User name')} value={issued.username} />}
      <SecretOnce label={t('Token')} value={issued.token} />
      {issued.secret === null ? null : <SecretOnce label={t('Secret')} value={issued.secret} />}
      {issued.nonce_prefix === null ? null : (
        <Text size='sm'>
          {t('Nonces begin with')} <span className='code'>{issued.nonce_prefix}</span>
        </Text>
      )}
      {privateKey === null ? null : (
        <>
          <SecretOnce label={t('Private key')} value={privateKey} />
          <Button variant='default' onClick={() => saveAs('private.pem', privateKey)}>
            {t('Save private.pem')}
          </Button>
        </>
      )}
      {encryptionKey === null ? null : (
        <Button variant='default' onClick={() => saveAs('key.crt', encryptionKey)}>
          {t('Save key.crt')}
        </Button>
      )}
    </Stack>
  )
}

function words(text: string): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
}
