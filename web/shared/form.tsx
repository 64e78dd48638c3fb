import {
  Alert,
  Button,
  Checkbox,
  FileInput,
  Group,
  NativeSelect,
  PasswordInput,
  Stack,
  TextInput,
  Textarea,
} from '@mantine/core'
import { useState } from 'react'
import type { FormEvent, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from './api.ts'

export type FieldSpec = {
  readonly name: string
  readonly label: string
  readonly kind?: 'text' | 'email' | 'password' | 'code' | 'select' | 'long' | 'check' | 'file' | 'date'
  readonly options?: readonly { readonly value: string; readonly label: string }[]
  readonly description?: string
  readonly isOptional?: boolean
  readonly start?: string
  readonly autoComplete?: string
  /** Of a file field: which files the browser offers. */
  readonly accept?: string
}

/** What was typed, by field; a file stands under its own name in `files`. */
export type Values = Readonly<Record<string, string>>
type Files = Readonly<Record<string, File>>

type FormProps = {
  readonly fields: readonly FieldSpec[]
  readonly action: string
  /** What is thrown stands in the form: sentences about fields beside them. */
  readonly onSubmit: (values: Values, files: Files) => Promise<void>
  readonly children?: ReactNode
  readonly isDangerous?: boolean
}

/** A form that says beside each field what the server found wrong with it. */
export function Form({ fields, action, onSubmit, children, isDangerous = false }: FormProps) {
  const { t } = useTranslation()
  const [values, setValues] = useState<Values>(() =>
    Object.fromEntries(fields.map(({ name, start = '' }) => [name, start])),
  )
  const [files, setFiles] = useState<Files>({})
  const [problem, setProblem] = useState<Problem>()
  const [isBusy, setBusy] = useState(false)

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    setBusy(true)
    setProblem(undefined)
    try {
      await onSubmit(values, files)
    } catch (error) {
      setProblem(error instanceof Problem ? error : new Problem(0, 'unknown', t('Something went wrong.'), {}))
    } finally {
      setBusy(false)
    }
  }

  const known = new Set(fields.map(({ name }) => name))
  const others = Object.entries(problem?.fields ?? {}).filter(([name]) => !known.has(name))
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap='sm'>
        {problem === undefined ? null : (
          <Alert color='red' role='alert'>
            {problem.message}
            {others.map(([name, sentence]) => (
              <div key={name}>{sentence}</div>
            ))}
          </Alert>
        )}
        {fields.map((field) => (
          <Field
            key={field.name}
            field={field}
            value={values[field.name] ?? ''}
            error={problem?.fields[field.name]}
            onChange={(value) => setValues((now) => ({ ...now, [field.name]: value }))}
            onFile={(file) => setFiles((now) => ({ ...now, [field.name]: file }))}
          />
        ))}
        {children}
        <Group>
          <Button type='submit' loading={isBusy} {...(isDangerous ? { color: 'red.9' } : {})}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

type FieldProps = {
  readonly field: FieldSpec
  readonly value: string
  readonly error: string | undefined
  readonly onChange: (value: string) => void
  readonly onFile: (file: File) => void
}

function Field({ field, value, error, onChange, onFile }: FieldProps) {
  const { t } = useTranslation()
  const { name, kind = 'text', description, isOptional = false } = field
  const label = isOptional ? `${field.label} (${t('optional')})` : field.label
  const shared = {
    name,
    label,
    description,
    error,
    required: !isOptional,
    // What need not be filled in says so.
    withAsterisk: false,
    ...(field.autoComplete === undefined ? {} : { autoComplete: field.autoComplete }),
  }
  const typed = (event: { readonly currentTarget: { readonly value: string } }): void =>
    onChange(event.currentTarget.value)
  switch (kind) {
    case 'password':
      return <PasswordInput {...shared} value={value} onChange={typed} />
    case 'long':
      return <Textarea {...shared} autosize minRows={3} maxRows={12} value={value} onChange={typed} />
    case 'select':
      return <NativeSelect {...shared} data={[...(field.options ?? [])]} value={value} onChange={typed} />
    case 'check':
      return (
        <Checkbox
          name={name}
          label={label}
          description={description}
          checked={value === 'true'}
          onChange={(event) => onChange(String(event.currentTarget.checked))}
        />
      )
    case 'file':
      return (
        <FileInput
          label={label}
          description={description}
          error={error}
          required={!isOptional}
          withAsterisk={false}
          {...(field.accept === undefined ? {} : { accept: field.accept })}
          onChange={(file) => {
            if (file !== null) onFile(file)
          }}
        />
      )
    case 'code':
      return (
        <TextInput
          {...shared}
          inputMode='numeric'
          autoComplete='one-time-code'
          value={value}
          onChange={typed}
        />
      )
    case 'text':
    case 'email':
    case 'date':
      return <TextInput {...shared} type={kind} value={value} onChange={typed} />
  }
}
