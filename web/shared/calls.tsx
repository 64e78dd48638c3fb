import { Button, Code, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Static } from 'typebox'
import type { Call, OpenedCallsReply } from '../../src/dialects/house/wire/developers.ts'
import { call } from './api.ts'
import { List } from './list.tsx'
import { Dialog, PageHead, When, useAsked } from './parts.tsx'

const statuses = ['', '2xx', '4xx', '5xx']

/** Calls of the API: a partner's own, or everybody's. */
export function CallsPage({ path, canOpen }: { readonly path: string; readonly canOpen: boolean }) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed.trim(), 400)
  const [status, setStatus] = useState('')
  return (
    <>
      <PageHead title={t('API log')} />
      <Group mb='md' align='flex-end'>
        <TextInput
          label={t('Reference')}
          placeholder={t('Part of a path or a body')}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <NativeSelect
          label={t('Status')}
          data={statuses.map((one) => ({ value: one, label: one === '' ? t('all') : one }))}
          value={status}
          onChange={(event) => setStatus(event.currentTarget.value)}
        />
      </Group>
      <List<Call>
        path={path}
        query={{ q, status }}
        keyOf={({ id, at }) => `${id} ${at}`}
        empty={t('There is no such call.')}
        columns={[
          { title: t('When'), show: ({ at }) => <When at={at} /> },
          { title: t('Format'), show: ({ format }) => format },
          {
            title: t('Call'),
            show: ({ method, path: address }) => (
              <span className='code'>
                {method} {address}
              </span>
            ),
          },
          { title: t('Status'), isFigure: true, show: (one) => one.status },
          { title: t('Took'), isFigure: true, show: (one) => `${one.duration_ms.toFixed(1)} ms` },
          { title: t('From'), show: ({ address }) => address },
          {
            title: t('Action'),
            show: ({ id }) =>
              canOpen ? (
                <Dialog label={t('Open')} title={t('Call')} variant='default' size='xs'>
                  {() => <Opened path={`${path}/${id}/open`} />}
                </Dialog>
              ) : null,
          },
        ]}
      />
    </>
  )
}

/** Opened by a button of its own: it is written down, and mailed. */
function Opened({ path }: { readonly path: string }) {
  const { t } = useTranslation()
  const { answer: shown, problem, ask } = useAsked(() => call<Static<typeof OpenedCallsReply>>('POST', path))
  if (problem !== null) return problem
  if (shown === undefined)
    return (
      <Stack>
        <Text size='sm'>{t('The audit log keeps that you look, and a mail tells you.')}</Text>
        <Group>
          <Button onClick={ask}>{t('Show what was sent and answered')}</Button>
        </Group>
      </Stack>
    )
  return (
    <Stack>
      {shown.data.map((one) => (
        <Stack key={`${one.id} ${one.at}`} gap='xs'>
          <Text size='sm' fw={600}>
            {t('Sent')}
          </Text>
          <Code block>{pretty(one.request)}</Code>
          <Text size='sm' fw={600}>
            {t('Answered')} {one.status}
          </Text>
          <Code block>{pretty(one.response)}</Code>
        </Stack>
      ))}
    </Stack>
  )
}

/** JSON with its lines apart; what was cut stays as it is. */
function pretty(text: string | null): string {
  if (text === null) return '–'
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2)
  } catch {
    return text
  }
}
