import { Alert, Anchor, Button, Card, Progress, Stack, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Static } from 'typebox'
import type {
  Disbursement,
  PreviewReply,
  RecipientsReply,
} from '../../src/dialects/house/wire/disbursements.ts'
import type { Wallet } from '../../src/dialects/house/wire/partner.ts'
import { call } from '../shared/api.ts'
import { Form } from '../shared/form.tsx'
import { List, Rows } from '../shared/list.tsx'
import { Amount, Dialog, PageHead, State, When, refresh } from '../shared/parts.tsx'
import { useAbility } from '../shared/session.ts'
import { VouchersOnPhones } from './goods.tsx'

const path = '/disbursements'

export function DisbursementsPage() {
  const { t } = useTranslation()
  const canBuy = useAbility('buy')
  return (
    <>
      <PageHead title={t('Vouchers')}>
        {canBuy ? (
          <Dialog label={t('Send vouchers')} title={t('Send vouchers to many phones')}>
            {() => <UploadForm />}
          </Dialog>
        ) : null}
      </PageHead>
      <List<Disbursement>
        path={path}
        refreshMs={5_000}
        keyOf={({ id }) => id}
        empty={t('Nothing was sent yet.')}
        columns={[
          { title: t('When'), show: (one) => <When at={one.created_at} /> },
          {
            title: t('Title'),
            show: ({ id, title }) => (
              <Anchor component={Link} to={`/vouchers/${id}`} underline='always'>
                {title}
              </Anchor>
            ),
          },
          { title: t('Reference'), show: (one) => <span className='code'>{one.external_id}</span> },
          { title: t('State'), show: ({ state }) => <State state={state} /> },
          {
            title: t('Issued'),
            isFigure: true,
            show: ({ issued, recipients }) => `${issued} / ${recipients}`,
          },
          {
            title: t('Amount'),
            isFigure: true,
            show: ({ amount, currency }) => <Amount amount={amount} currency={currency} />,
          },
        ]}
      />
      <Title order={2} size='h4' mt='xl' mb='md'>
        {t('Voucher by voucher')}
      </Title>
      <VouchersOnPhones />
    </>
  )
}

type Upload = {
  readonly file_name: string
  readonly content: string
  readonly wallet: string
  readonly title: string
  readonly external_id: string
  readonly calling_code?: string
}

/** A file is looked at first; only one without a bad line can be sent. */
function UploadForm() {
  const { t } = useTranslation()
  const [upload, setUpload] = useState<Upload>()
  const [preview, setPreview] = useState<PreviewReply>()
  const { data: wallets } = useQuery({
    queryKey: ['/wallets'],
    queryFn: () => call<{ data: readonly Wallet[] }>('GET', '/wallets'),
  })
  if (wallets === undefined) return null
  if (upload !== undefined && preview !== undefined)
    return <Preview upload={upload} preview={preview} back={() => setPreview(undefined)} />
  return (
    <Form
      fields={[
        { name: 'title', label: t('Title'), start: upload?.title ?? '' },
        {
          name: 'wallet',
          label: t('Wallet that pays'),
          kind: 'select',
          start: upload?.wallet ?? wallets.data[0]?.code ?? '',
          options: wallets.data.map(({ code, available }) => ({
            value: code,
            label: `${code} (${available})`,
          })),
        },
        {
          name: 'file',
          label: t('CSV file'),
          kind: 'file',
          accept: '.csv,text/csv,text/plain',
          description: t('The first line names the columns: name, phone, amount. At most 10,000 lines.'),
        },
        {
          name: 'calling_code',
          label: t('Calling code of national numbers'),
          isOptional: true,
          description: t('Such as 254, where numbers begin with 0.'),
        },
      ]}
      action={t('Look at it first')}
      onSubmit={async ({ title = '', wallet = '', calling_code: callingCode = '' }, { file }) => {
        const wanted: Upload = {
          title,
          wallet,
          file_name: file?.name ?? '',
          content: (await file?.text()) ?? '',
          external_id: upload?.external_id ?? crypto.randomUUID(),
          ...(callingCode === '' ? {} : { calling_code: callingCode }),
        }
        const { title: _, external_id: __, ...rest } = wanted
        setPreview(await call<PreviewReply>('POST', `${path}/preview`, rest))
        setUpload(wanted)
      }}
    />
  )
}

function Preview({
  upload,
  preview,
  back,
}: {
  readonly upload: Upload
  readonly preview: PreviewReply
  readonly back: () => void
}) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const isGood = preview.problems_count === 0 && preview.recipients > 0
  return (
    <Stack>
      <Table>
        <Table.Tbody>
          <Table.Tr>
            <Table.Th>{t('Recipients')}</Table.Th>
            <Table.Td className='figure'>{preview.recipients}</Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Th>{t('Amount')}</Table.Th>
            <Table.Td className='figure'>
              <Amount amount={preview.amount} currency={preview.currency} />
            </Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Th>{t('Fee')}</Table.Th>
            <Table.Td className='figure'>
              <Amount amount={preview.fee} currency={preview.currency} />
            </Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Th>{t('Available')}</Table.Th>
            <Table.Td className='figure'>
              <Amount amount={preview.available} currency={preview.currency} />
            </Table.Td>
          </Table.Tr>
        </Table.Tbody>
      </Table>
      {preview.problems_count === 0 ? null : (
        <Alert color='red' title={`${t('Lines that cannot be taken')}: ${preview.problems_count}`}>
          <Rows
            rows={preview.problems}
            keyOf={({ line }) => String(line)}
            columns={[
              { title: t('Line'), isFigure: true, show: ({ line }) => line },
              { title: t('Problem'), show: ({ detail }) => detail },
            ]}
          />
        </Alert>
      )}
      <Rows
        rows={preview.sample}
        keyOf={({ name, phone, amount }) => `${name} ${phone} ${amount}`}
        columns={[
          { title: t('Name'), show: ({ name }) => name },
          { title: t('Phone'), show: ({ phone }) => phone },
          { title: t('Amount'), isFigure: true, show: ({ amount }) => <Amount amount={amount} /> },
        ]}
      />
      {isGood ? (
        <Form
          fields={[]}
          action={t('Pay and send')}
          onSubmit={async () => {
            const made = await call<Disbursement>('POST', path, upload)
            await refresh(path, '/wallets')
            await navigate({ to: `/vouchers/${made.id}` })
          }}
        />
      ) : (
        <Text size='sm'>{t('Nothing is sent while a line cannot be taken.')}</Text>
      )}
      <Button variant='default' onClick={back}>
        {t('Another file')}
      </Button>
    </Stack>
  )
}

export function DisbursementPage() {
  const { t } = useTranslation()
  const { id = '' } = useParams({ strict: false })
  const own = `${path}/${id}`
  const [after, setAfter] = useState(0)
  const { data, error } = useQuery({
    queryKey: [own],
    queryFn: () => call<Disbursement>('GET', own),
    refetchInterval: ({ state }) =>
      state.data?.state === 'pending' || state.data?.state === 'processing' ? 1_000 : false,
  })
  const { data: recipients } = useQuery({
    queryKey: [`${own}/recipients`, after, data?.issued],
    queryFn: () => call<Static<typeof RecipientsReply>>('GET', `${own}/recipients?after=${after}`),
  })
  if (error !== null) return <Alert color='red'>{error.message}</Alert>
  if (data === undefined) return null
  const share = data.recipients === 0 ? 0 : Math.round((100 * data.issued) / data.recipients)
  return (
    <>
      <PageHead title={data.title}>
        <State state={data.state} />
      </PageHead>
      <Stack>
        <Card withBorder>
          <Text>
            {data.issued} / {data.recipients} {t('issued')}
          </Text>
          <Progress value={share} aria-label={t('Issued')} mt='xs' color='teal.9' />
          <Text mt='xs'>
            <Amount amount={data.amount} currency={data.currency} /> + {t('Fee')}{' '}
            <Amount amount={data.fee} currency={data.currency} />
          </Text>
          <Text size='sm' c='dimmed'>
            {data.starts_on} – {data.ends_on}
          </Text>
        </Card>
        <Rows
          rows={recipients?.data ?? []}
          keyOf={({ position }) => String(position)}
          columns={[
            { title: '#', isFigure: true, show: ({ position }) => position },
            { title: t('Name'), show: ({ name }) => name },
            { title: t('Phone'), show: ({ phone }) => phone },
            { title: t('Amount'), isFigure: true, show: ({ amount }) => <Amount amount={amount} /> },
            {
              title: t('Left'),
              isFigure: true,
              show: (one) => (one.is_issued ? <Amount amount={one.balance} /> : '–'),
            },
          ]}
        />
        {recipients?.next_after === null || recipients === undefined ? null : (
          <Button variant='default' size='xs' onClick={() => setAfter(recipients.next_after ?? 0)}>
            {t('Next')}
          </Button>
        )}
      </Stack>
    </>
  )
}
