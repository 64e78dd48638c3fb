import { Alert, Button, Group, Loader, NativeSelect, Table, Text } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { call, withQuery } from './api.ts'

/** A page of a list, as every list of the house answers. */
type PageOf<Row> = {
  readonly data: readonly Row[]
  readonly next_cursor: string | null
  readonly previous_cursor: string | null
}

type Column<Row> = {
  readonly title: string
  readonly show: (row: Row) => ReactNode
  /** Amounts and counts stand to the right. */
  readonly isFigure?: boolean
}

type ListProps<Row> = {
  /** The list's address below the API. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly columns: readonly Column<Row>[]
  readonly keyOf: (row: Row) => string
  /** What stands there where there are none. */
  readonly empty: string
  readonly refreshMs?: number
}

/** A table over one of our lists, page by page. Its rows are asked for again where something changed below its address. */
export function List<Row>({ path, query = {}, columns, keyOf, empty, refreshMs }: ListProps<Row>) {
  const { t } = useTranslation()
  const filters = JSON.stringify(query)
  const [at, setAt] = useState<{ filters: string; cursor: string | undefined }>({
    filters,
    cursor: undefined,
  })
  // Another filter begins at the first page.
  const cursor = at.filters === filters ? at.cursor : undefined
  const { data, error, isPending, refetch } = useQuery({
    queryKey: [path, filters, cursor],
    queryFn: () => call<PageOf<Row>>('GET', withQuery(path, { ...query, cursor })),
    // Rows stay until the next ones are there, and with them a dialog that somebody has opened on one.
    placeholderData: keepPreviousData,
    ...(refreshMs === undefined ? {} : { refetchInterval: refreshMs }),
  })
  if (isPending) return <Loader aria-label={t('Loading')} />
  if (error !== null)
    return (
      <Alert color='red' title={t('This could not be loaded')}>
        <Text size='sm'>{error.message}</Text>
        <Button mt='sm' size='xs' variant='default' onClick={() => void refetch()}>
          {t('Try again')}
        </Button>
      </Alert>
    )
  if (data.data.length === 0 && cursor === undefined) return <Text c='dimmed'>{empty}</Text>
  return (
    <>
      <Rows rows={data.data} columns={columns} keyOf={keyOf} />
      {data.next_cursor === null && data.previous_cursor === null ? null : (
        <Group mt='sm' justify='flex-end'>
          <Button
            variant='default'
            size='xs'
            disabled={data.previous_cursor === null}
            onClick={() => setAt({ filters, cursor: data.previous_cursor ?? undefined })}
          >
            {t('Back')}
          </Button>
          <Button
            variant='default'
            size='xs'
            disabled={data.next_cursor === null}
            onClick={() => setAt({ filters, cursor: data.next_cursor ?? undefined })}
          >
            {t('Next')}
          </Button>
        </Group>
      )}
    </>
  )
}

/** A table of rows that are there already. */
export function Rows<Row>({
  rows,
  columns,
  keyOf,
}: Pick<ListProps<Row>, 'columns' | 'keyOf'> & { readonly rows: readonly Row[] }) {
  const { t } = useTranslation()
  return (
    <Table.ScrollContainer
      minWidth={Math.min(columns.length * 130, 900)}
      scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'group', 'aria-label': t('Table') } }}
    >
      <Table striped highlightOnHover verticalSpacing='xs'>
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ title, isFigure }) => (
              <Table.Th key={title} className={isFigure === true ? 'figure' : undefined}>
                {title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={keyOf(row)}>
              {columns.map(({ title, show, isFigure }) => (
                <Table.Td key={title} className={isFigure === true ? 'figure' : undefined}>
                  {show(row)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

/** Chooses the rows of one state, or all. In a row of fields it has no space of its own below. */
export function StateFilter({
  states,
  value,
  onChange,
  mb = 'md',
}: {
  readonly states: readonly string[]
  readonly value: string
  readonly onChange: (state: string) => void
  readonly mb?: 'md' | 0
}) {
  const { t } = useTranslation()
  return (
    <NativeSelect
      mb={mb}
      maw={260}
      label={t('State')}
      data={['', ...states].map((one) => ({ value: one, label: one === '' ? t('all') : t(one) }))}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
