import { Alert, Stack, Text, TextInput, Title } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Static } from 'typebox'
import type { ImportReply, LevelsReply, StockImport } from '../../src/dialects/house/wire/operator.ts'
import { call } from '../shared/api.ts'
import { Form } from '../shared/form.tsx'
import { List, Rows } from '../shared/list.tsx'
import { Dialog, PageHead, State, When, refresh } from '../shared/parts.tsx'
import { useAbility } from '../shared/session.ts'

type Level = Static<typeof LevelsReply>['data'][number]

export function StockPage() {
  const { t } = useTranslation()
  const canImport = useAbility('stock')
  const [typed, setTyped] = useState('')
  const lowest = /^\d{1,9}$/.test(typed) ? Number(typed) : undefined
  return (
    <>
      <PageHead title={t('Stock')}>
        {canImport ? (
          <Dialog label={t('Import codes')} title={t('Import codes')}>
            {() => <ImportForm />}
          </Dialog>
        ) : null}
      </PageHead>
      <Stack>
        <TextInput
          maw={260}
          label={t('At most so many codes left')}
          inputMode='numeric'
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <List<Level>
          path='/operator/stock/levels'
          query={{ lowest }}
          keyOf={(level) => level.sku_id}
          empty={t('No SKU has had codes yet.')}
          columns={[
            { title: t('SKU'), show: ({ sku }) => <span className='code'>{sku}</span> },
            { title: t('Name'), show: ({ name }) => name },
            { title: t('Codes'), isFigure: true, show: ({ count }) => count.toLocaleString('en') },
            { title: t('Next expiry'), show: (level) => level.next_expiry ?? '–' },
            {
              title: t('Alert below'),
              isFigure: true,
              show: (level) =>
                canImport ? (
                  <Dialog
                    label={level.alert_below === null ? t('none') : level.alert_below.toLocaleString('en')}
                    title={`${t('Alert below')}: ${level.sku}`}
                    variant='default'
                    size='xs'
                  >
                    {(close) => <AlertForm level={level} close={close} />}
                  </Dialog>
                ) : (
                  (level.alert_below?.toLocaleString('en') ?? '–')
                ),
            },
          ]}
        />
        <Title order={2} size='h4'>
          {t('Imports')}
        </Title>
        <List<StockImport>
          path='/operator/stock/imports'
          refreshMs={5_000}
          keyOf={({ id }) => id}
          empty={t('Nothing was imported yet.')}
          columns={[
            { title: t('When'), show: (one) => <When at={one.created_at} /> },
            { title: t('SKU'), show: ({ sku }) => <span className='code'>{sku}</span> },
            { title: t('File'), show: (one) => one.file_name },
            { title: t('State'), show: ({ state }) => <State state={state} /> },
            { title: t('Lines'), isFigure: true, show: ({ lines }) => lines },
            { title: t('Taken'), isFigure: true, show: ({ published }) => published },
            { title: t('Duplicates'), isFigure: true, show: ({ duplicates }) => duplicates },
            { title: t('Invalid'), isFigure: true, show: ({ invalid }) => invalid },
          ]}
        />
      </Stack>
    </>
  )
}

function AlertForm({ level, close }: { readonly level: Level; readonly close: () => void }) {
  const { t } = useTranslation()
  return (
    <Form
      fields={[
        {
          name: 'below',
          label: t('Alert below so many codes'),
          start: level.alert_below?.toString() ?? '',
          isOptional: true,
          description: t('Those who keep the stock get a mail; empty: nobody does.'),
        },
      ]}
      action={t('Save')}
      onSubmit={async ({ below = '' }) => {
        const body = { below: below.trim() === '' ? null : Number(below) }
        await call('PUT', `/operator/skus/${level.sku_id}/alert`, body)
        await refresh('/operator/stock')
        close()
      }}
    />
  )
}

function ImportForm() {
  const { t } = useTranslation()
  const [result, setResult] = useState<Static<typeof ImportReply>>()
  return (
    <Stack>
      {result === undefined ? null : (
        <Alert color={result.state === 'refused' ? 'red' : 'teal'} title={t(result.state)} role='status'>
          <Text size='sm'>
            {result.state === 'running'
              ? t('It goes on; the list of imports says how far it is.')
              : `${result.published} / ${result.lines}`}
          </Text>
          {result.problems.length === 0 ? null : (
            <Rows
              rows={result.problems}
              keyOf={({ line }) => String(line)}
              columns={[
                { title: t('Line'), isFigure: true, show: ({ line }) => line },
                { title: t('Problem'), show: ({ problem }) => t(problem) },
                { title: t('Description'), show: ({ detail }) => detail },
              ]}
            />
          )}
        </Alert>
      )}
      <Form
        fields={[
          { name: 'sku', label: t('SKU'), description: t('Its code or its id.') },
          {
            name: 'file',
            label: t('CSV file'),
            kind: 'file',
            accept: '.csv,text/csv,text/plain',
            description: t(
              'The first line names the columns: code, and if wished pin, serial, url, expires_on.',
            ),
          },
          { name: 'skip_duplicates', label: t('Take the others where some are duplicates'), kind: 'check' },
          { name: 'skip_invalid', label: t('Take the others where some are invalid'), kind: 'check' },
        ]}
        action={t('Import')}
        onSubmit={async ({ sku = '', skip_duplicates: duplicates, skip_invalid: invalid }, { file }) => {
          const body = {
            sku: sku.trim(),
            file_name: file?.name ?? '',
            content: (await file?.text()) ?? '',
            skip_duplicates: duplicates === 'true',
            skip_invalid: invalid === 'true',
          }
          setResult(await call<Static<typeof ImportReply>>('POST', '/operator/stock/imports', body))
          await refresh('/operator/stock')
        }}
      />
    </Stack>
  )
}
