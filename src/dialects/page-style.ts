/**
 * How pages look that the server writes for people who have no account here: narrow enough for a telephone, one card, no font and no picture to
 * load, and colours whose contrast is at least 4.5 to 1.
 */
export const pageStyle = `
:root{color-scheme:light;--ink:#1c2321;--soft:#55605c;--line:#dfe3df;--paper:#f5f6f3;--green:#1f5f4a;--dark:#174a39;--pale:#eaf2ee;--red:#a3261f}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1.0625rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;-webkit-text-size-adjust:100%}
main{max-width:33rem;margin:0 auto;padding:1rem}
.card{background:#fff;border:1px solid var(--line);border-radius:1rem;overflow:hidden}
header{padding:1.5rem 1.5rem 1.25rem;border-bottom:1px solid var(--line);background:var(--pale)}
header p{margin:0}
.shop{font-weight:600}
.amount{font-size:2.25rem;line-height:1.2;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
.reference{color:var(--soft);overflow-wrap:anywhere}
section{padding:1.5rem}
h1{font-size:1.375rem;line-height:1.3;margin:0 0 .75rem;font-weight:650;letter-spacing:-.01em}
h2{font-size:1.0625rem;margin:0 0 .25rem;font-weight:600}
p{margin:0 0 1rem}
.hint{color:var(--soft);font-size:.9375rem}
.step{color:var(--soft);font-size:.875rem;margin:0 0 .25rem}
form{margin:0}
button,.button{display:block;width:100%;padding:.8rem 1rem;border-radius:.625rem;border:1px solid transparent;font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer}
.primary{background:var(--green);color:#fff}
.primary:hover{background:var(--dark)}
.secondary{background:#fff;color:var(--green);border-color:var(--green)}
.secondary:hover{background:var(--pale)}
.quiet{background:none;color:var(--soft);font-weight:500;text-decoration:underline;text-underline-offset:.2em}
.quiet:hover{color:var(--ink)}
:focus-visible{outline:3px solid #2b7fd4;outline-offset:2px}
.choice{border:1px solid var(--line);border-radius:.75rem;padding:1.125rem;margin:0 0 1rem}
.choice p{margin:0 0 .875rem}
nav.months{display:grid;grid-template-columns:repeat(3,1fr);gap:.375rem;margin:0 0 1.25rem}
nav.months a{padding:.7rem 0;font-size:.9375rem;white-space:nowrap;border:1px solid var(--line);border-radius:.625rem;text-align:center;text-decoration:none;color:var(--ink);font-weight:600}
nav.months a:hover{border-color:var(--green)}
nav.months a[aria-current]{border-color:var(--green);background:var(--pale);color:var(--dark);box-shadow:inset 0 0 0 1px var(--green)}
table{border-collapse:collapse;width:100%;margin:0 0 1.25rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding:0 0 .25rem;font-size:1.0625rem}
th,td{padding:.5rem .25rem;border-bottom:1px solid var(--line);text-align:right;font-weight:400}
th:first-child,td:first-child{text-align:left;padding-left:0}
th:last-child,td:last-child{padding-right:0}
td{vertical-align:top;white-space:nowrap;font-weight:600}
.parts{display:block;color:var(--soft);font-size:.8125rem;font-weight:400}
thead th{color:var(--soft);font-size:.8125rem}
tfoot th,tfoot td{font-weight:650;border-bottom:0}
label{display:block;font-weight:600;margin:0 0 .125rem}
.field{margin:0 0 1.25rem}
.field .hint{margin:0 0 .375rem}
input:not([type=hidden]){width:100%;padding:.7rem .75rem;border:1px solid #7d8884;border-radius:.5rem;font:inherit;color:inherit;background:#fff}
.money{position:relative}
.money span{position:absolute;left:.8rem;top:.72rem;color:var(--soft)}
.money input{padding-left:1.75rem}
.wrong input{border-color:var(--red);box-shadow:inset 0 0 0 1px var(--red)}
.complaint{color:var(--red);font-weight:600;margin:.25rem 0 .375rem;font-size:.9375rem}
.problems{border:2px solid var(--red);border-radius:.75rem;padding:1rem 1.125rem;margin:0 0 1.5rem}
.problems h2{margin:0 0 .25rem}
.problems ul{margin:0;padding-left:1.125rem}
.problems a{color:var(--red)}
.note{background:var(--pale);border-radius:.75rem;padding:1rem 1.125rem;margin:0 0 1.25rem}
.note p:last-child{margin:0}
details{margin:0 0 1.25rem}
summary{cursor:pointer;font-weight:600;color:var(--green)}
details[open] summary{margin-bottom:.75rem}
.more{margin:.75rem 0 0}
h2.more{margin-top:1.75rem}
.purse{list-style:none;margin:0 0 1.25rem;padding:0}
.purse li{display:flex;justify-content:space-between;gap:1rem;padding:.6rem 0;border-bottom:1px solid var(--line)}
.purse strong{font-variant-numeric:tabular-nums;white-space:nowrap}
.purse span{color:var(--soft);font-size:.9375rem}
dl.facts{margin:0 0 1.25rem}
dl.facts div{display:flex;justify-content:space-between;gap:1rem;padding:.5rem 0;border-bottom:1px solid var(--line)}
dl.facts dt{color:var(--soft)}
dl.facts dd{margin:0;font-weight:600;text-align:right;overflow-wrap:anywhere}
.languages{margin:.5rem 0 0}
.languages a{color:var(--soft)}
input.code{letter-spacing:.4em;font-size:1.375rem;text-align:center}
.back{display:inline-block;margin:0 0 1rem;color:var(--green)}
.mark{width:3rem;height:3rem;border-radius:50%;display:grid;place-items:center;font-size:1.5rem;background:var(--pale);color:var(--green);margin:0 0 1rem}
.mark.no{background:#f7ebea;color:var(--red)}
.spin{width:2.5rem;height:2.5rem;border-radius:50%;border:4px solid var(--line);border-top-color:var(--green);animation:turn 1s linear infinite;margin:0 0 1rem}
@keyframes turn{to{transform:rotate(1turn)}}
@media (prefers-reduced-motion:reduce){.spin{animation:none}}
footer{color:var(--soft);font-size:.875rem;text-align:center;padding:1rem}
footer p{margin:0}
@media (min-width:40rem){main{padding:3.5rem 1rem}header,section{padding-left:2rem;padding-right:2rem}section{padding-bottom:2rem}}
`
