import { Alert, Badge, Button, Card, Code, CopyButton, Group, Modal, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from './session.ts'
import { Problem, queryClient } from './api.ts'

/** The head of a page, with what can be done on it. */
export function PageHead({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <Group justify='space-between' mb='md'>
      <Title order={1} size='h2'>
        {title}
      </Title>
      <Group gap='xs'>{children}</Group>
    </Group>
  )
}

/** An instant in the person's own time zone and language. */
export function When({ at }: { readonly at: string | null | undefined }) {
  const { data } = useSession()
  if (at === null || at === undefined) return <>–</>
  const text = new Intl.DateTimeFormat(data?.user.locale ?? 'en', {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: data?.user.time_zone ?? 'UTC',
  }).format(new Date(at))
  return <time dateTime={at}>{text}</time>
}

/** An amount, digit by digit as the server printed it, its thousands apart. */
export function Amount({ amount, currency }: { readonly amount: string; readonly currency?: string }) {
  const [whole = '', fraction = ''] = amount.split('.')
  const apart = whole.replaceAll(/\B(?=(\d{3})+(?!\d))/g, '\u202F')
  return (
    <span className='figure'>
      {apart}.{fraction.padEnd(2, '0')}
      {currency === undefined ? '' : ` ${currency}`}
    </span>
  )
}

const good = new Set([
  'completed',
  'active',
  'delivered',
  'published',
  'paid',
  'approved',
  'sent',
  'funded',
  'sold',
])
const bad = new Set(['failed', 'disabled', 'rejected', 'refused', 'closed', 'suspended', 'cancelled'])

/** A word of state, in a colour that says the same. */
export function State({ state }: { readonly state: string }) {
  const { t } = useTranslation()
  const color = good.has(state) ? 'teal' : bad.has(state) ? 'red' : 'gray'
  return (
    <Badge variant='outline' miw='max-content' color={`${color}.9`} className={`state-${color}`}>
      {t(state)}
    </Badge>
  )
}

/** What is known of one thing, name by name. */
export function Facts({ facts }: { readonly facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <Card withBorder>
      <dl className='facts'>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  )
}

/** A button that opens a dialog; what is in it closes it by `close`. */
export function Dialog({
  label,
  title,
  children,
  variant = 'filled',
  size = 'sm',
}: {
  readonly label: string
  readonly title: string
  readonly children: (close: () => void) => ReactNode
  readonly variant?: 'filled' | 'default' | 'subtle'
  readonly size?: 'xs' | 'sm'
}) {
  const { t } = useTranslation()
  const [isOpen, { open, close }] = useDisclosure(false)
  return (
    <>
      <Button variant={variant} size={size} onClick={open}>
        {label}
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={title}
        closeButtonProps={{ 'aria-label': t('Close') }}
        size='lg'
      >
        {isOpen ? children(close) : null}
      </Modal>
    </>
  )
}

/** A secret that is seen this once, with a button that copies it. */
export function SecretOnce({ label, value }: { readonly label: string; readonly value: string }) {
  const { t } = useTranslation()
  return (
    <Stack gap={4}>
      <Text size='sm' fw={600}>
        {label}
      </Text>
      <Group wrap='nowrap' align='flex-start'>
        <Code block className='code' flex={1} data-secret={label}>
          {value}
        </Code>
        <CopyButton value={value}>
          {({ copied, copy }) => (
            <Button size='xs' variant='default' onClick={copy}>
              {copied ? t('Copied') : t('Copy')}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Stack>
  )
}

/** Lets the browser keep a text as a file. */
export function saveAs(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/octet-stream' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  URL.revokeObjectURL(address)
}

/** Does something, says so or why not, and asks again for what stands below the addresses. */
export async function act(
  does: () => Promise<unknown>,
  said: string,
  ...changed: readonly string[]
): Promise<void> {
  try {
    await does()
    notifications.show({ message: said, color: 'teal.9' })
  } catch (error) {
    notifications.show({ message: reasonOf(error), color: 'red.9' })
  }
  await refresh(...changed)
}

/** What was asked for by hand: a new question clears the answer before it, a refusal stands in its place. */
export function useAsked<Answer>(does: () => Promise<Answer>): {
  readonly answer: Answer | undefined
  /** The refusal, to be put on the page; null if there is none. */
  readonly problem: ReactNode
  readonly ask: () => void
} {
  const [{ answer, refusal }, setState] = useState<{ readonly answer?: Answer; readonly refusal?: string }>(
    {},
  )
  const ask = async (): Promise<void> => {
    setState({})
    try {
      setState({ answer: await does() })
    } catch (error) {
      setState({ refusal: reasonOf(error) })
    }
  }
  return {
    answer,
    problem: refusal === undefined ? null : <Alert color='red'>{refusal}</Alert>,
    ask: () => void ask(),
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Problem ? error.message : String(error)
}

/** Asks again for what stands below these addresses. */
export async function refresh(...changed: readonly string[]): Promise<void> {
  await queryClient.invalidateQueries({
    predicate: ({ queryKey: [path] }) =>
      typeof path === 'string' && changed.some((one) => path === one || path.startsWith(one)),
  })
}
