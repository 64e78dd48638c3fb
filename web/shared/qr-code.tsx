import qrcode from 'qrcode-generator'

/** A text as a QR code, drawn as one path: no picture is loaded from anywhere. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const code = qrcode(0, 'M')
  code.addData(text)
  code.make()
  const count = code.getModuleCount()
  const dark = Array.from({ length: count * count }, (_, at) => [Math.floor(at / count), at % count] as const)
    .filter(([row, column]) => code.isDark(row, column))
    .map(([row, column]) => `M${column + 4} ${row + 4}h1v1h-1z`)
  const size = count + 8
  return (
    <svg role='img' aria-label={label} viewBox={`0 0 ${size} ${size}`} width={200} height={200}>
      <rect width={size} height={size} fill='#fff' />
      <path d={dark.join('')} fill='#000' />
    </svg>
  )
}
