import { Button, Group } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { call } from '../shared/api.ts'
import { Form } from '../shared/form.tsx'
import { Dialog, act, refresh } from '../shared/parts.tsx'

/** Buttons for what waits for another person: `path` is the thing's, `list` what is asked for again afterwards. */
export function Decide({
  path,
  list,
  word = 'approve',
}: {
  readonly path: string
  readonly list: string
  readonly word?: 'approve' | 'confirm'
}) {
  const { t } = useTranslation()
  return (
    <Group gap='xs' wrap='nowrap'>
      <Button size='xs' onClick={() => void act(() => call('POST', `${path}/${word}`), t('Approved.'), list)}>
        {t('Approve')}
      </Button>
      <Dialog label={t('Reject')} title={t('Reject')} variant='default' size='xs'>
        {(close) => (
          <Form
            fields={[
              { name: 'reason', label: t('Reason'), description: t('Whoever asked is told.'), kind: 'long' },
            ]}
            action={t('Reject')}
            isDangerous
            onSubmit={async (values) => {
              await call('POST', `${path}/reject`, values)
              await refresh(list)
              close()
            }}
          />
        )}
      </Dialog>
    </Group>
  )
}

/** Buttons for what another person agrees to or drops, without a word about it: `lists` are asked for again afterwards. */
export function Agree({ path, lists }: { readonly path: string; readonly lists: readonly string[] }) {
  const { t } = useTranslation()
  return (
    <Group gap='xs' wrap='nowrap'>
      <Button
        size='xs'
        onClick={() => void act(() => call('POST', `${path}/approve`), t('Approved.'), ...lists)}
      >
        {t('Approve')}
      </Button>
      <Button
        size='xs'
        variant='default'
        onClick={() => void act(() => call('POST', `${path}/reject`), t('Rejected'), ...lists)}
      >
        {t('Reject')}
      </Button>
    </Group>
  )
}
