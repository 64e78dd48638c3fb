import { Alert, Card, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Static } from 'typebox'
import type { IdentityReply } from '../../src/dialects/house/wire/partner.ts'
import { call } from '../shared/api.ts'
import { Form } from '../shared/form.tsx'
import { Rows } from '../shared/list.tsx'
import { PageHead, State, When, refresh } from '../shared/parts.tsx'
import { useAbility } from '../shared/session.ts'

export function IdentityPage() {
  const { t } = useTranslation()
  const canSubmit = useAbility('people')
  const { data } = useQuery({
    queryKey: ['/identity'],
    queryFn: () => call<Static<typeof IdentityReply>>('GET', '/identity'),
  })
  if (data === undefined) return null
  const mayAgain = data.state === 'none' || data.state === 'rejected'
  return (
    <>
      <PageHead title={t('Identity')}>
        <State state={data.state} />
      </PageHead>
      <Stack>
        {data.state === 'none' ? null : (
          <Card withBorder>
            <Text>{data.legal_name}</Text>
            <Text size='sm' c='dimmed'>
              {t('Submitted')}: <When at={data.submitted_at} />
            </Text>
          </Card>
        )}
        {data.reason === '' ? null : (
          <Alert color='red' title={t('Rejected')}>
            {data.reason}
          </Alert>
        )}
        {mayAgain && canSubmit ? (
          <Card withBorder>
            <Title order={2} size='h4' mb='sm'>
              {t('Who is behind this account?')}
            </Title>
            <Form
              fields={[
                {
                  name: 'kind',
                  label: t('Kind'),
                  kind: 'select',
                  start: 'company',
                  options: [
                    { value: 'company', label: t('company') },
                    { value: 'person', label: t('person') },
                  ],
                },
                { name: 'legal_name', label: t('Legal name') },
                { name: 'officer_name', label: t('Who acts for it') },
                { name: 'officer_birth_date', label: t('Date of birth'), kind: 'date', isOptional: true },
                { name: 'registration_number', label: t('Registration number'), isOptional: true },
                { name: 'country', label: t('Country (two letters)') },
                { name: 'address', label: t('Address'), isOptional: true },
                {
                  name: 'document',
                  label: t('Document'),
                  kind: 'file',
                  accept: 'application/pdf,image/png,image/jpeg',
                },
              ]}
              action={t('Submit')}
              onSubmit={async (values, files) => {
                const { document: _, ...body } = values
                const { document: file } = files
                const documents =
                  file === undefined ? [] : [{ name: file.name, content: await toBase64(file) }]
                await call('POST', '/identity', { ...body, documents })
                await refresh('/identity')
              }}
            />
          </Card>
        ) : null}
        {data.accounts.length === 0 ? null : (
          <>
            <Title order={2} size='h4'>
              {t('Bank accounts that are yours alone')}
            </Title>
            <Rows
              rows={data.accounts}
              keyOf={(one) => one.account_number}
              columns={[
                { title: t('Currency'), show: ({ currency }) => currency },
                { title: t('Bank'), show: (one) => one.bank_name },
                { title: t('Name on the account'), show: (one) => one.account_name },
                {
                  title: t('Account number'),
                  show: (one) => <span className='code'>{one.account_number}</span>,
                },
              ]}
            />
          </>
        )}
      </Stack>
    </>
  )
}

async function toBase64(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ''
  for (let at = 0; at < bytes.length; at += 0x8000)
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text)
}
