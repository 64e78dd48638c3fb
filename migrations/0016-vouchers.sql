-- Vouchers on telephone numbers: companies pay for them in bulk, merchants' tills take them.

-- Merchants belong to the installation, as products do. What they are owed stands in the books of the partner whose vouchers they took.
create table merchants (
  id uuid primary key,
  code text not null unique check (code ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
  name text not null check (name <> ''),
  category_code text not null check (category_code ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
  category_name text not null check (category_name <> ''),
  status text not null default 'active' check (status in ('active', 'closed')),
  created_at timestamptz not null default now()
);

create table tills (
  number text primary key check (number ~ '^[0-9A-Za-z-]{1,20}$'),
  merchant_id uuid not null references merchants (id),
  -- The outlet: "Eastgate".
  name text not null check (name <> ''),
  status text not null default 'active' check (status in ('active', 'closed')),
  created_at timestamptz not null default now()
);
create index tills_of_merchant on tills (merchant_id, number);

-- What a merchant's own systems show. Only the SHA-256 of the token is kept.
create table merchant_credentials (
  merchant_id uuid not null references merchants (id),
  id uuid not null,
  token_hash bytea not null unique,
  token_hint text not null,
  label text not null default '',
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  primary key (merchant_id, id)
);

-- What a partner pays for a disbursement; who has no row pays 22.5 for each recipient. Micro-units of whatever currency it is in.
create table disbursement_fees (
  partner_id uuid primary key references partners (id),
  fee_each bigint not null check (fee_each >= 0),
  fee_percent numeric(12, 6) not null check (fee_percent >= 0 and fee_percent <= 100)
);

create sequence transaction_numbers;

create table disbursements (
  partner_id uuid not null,
  id uuid not null,
  external_id text not null check (external_id <> ''),
  -- 128 bits of a SHA-256 over what was asked for: the same external id with another hash is a conflict.
  request_hash uuid not null,
  dialect text not null,
  title text not null,
  wallet_id uuid not null,
  currency text not null,
  -- Days as they were asked for, and the instants that they mean; `ends_at` is outside.
  starts_on date not null,
  ends_on date not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  -- Codes of the merchants that may take its vouchers; none: all may.
  merchants text[] not null default '{}',
  is_external boolean not null,
  -- Recipients are sent no message.
  is_silent boolean not null,
  callback_url text,
  -- Whether its callbacks may show the codes: whether the key that asked for it may see them.
  reveals_codes boolean not null,
  recipients_count integer not null check (recipients_count > 0),
  -- Micro-units: what the vouchers are worth, and what was paid for issuing them.
  amount bigint not null check (amount > 0),
  fee bigint not null check (fee >= 0),
  fee_each bigint not null,
  fee_percent numeric(12, 6) not null,
  -- Recipients are issued in the order of their positions; these are the first so many of them.
  issued_count integer not null default 0,
  issued_amount bigint not null default 0,
  state text not null default 'pending' check (state in ('pending', 'processing', 'completed', 'partially_completed', 'failed')),
  transaction_code text not null,
  -- When a worker should go on with it; null: it has ended. Who works on it moves it to the end of its claim.
  due_at timestamptz default now(),
  claimed_until timestamptz,
  fence bigint not null default 0,
  -- Claims since the last progress.
  claims integer not null default 0,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (partner_id, id),
  constraint disbursements_external_id unique (partner_id, external_id),
  check (issued_count between 0 and recipients_count and issued_amount between 0 and amount),
  check ((due_at is null) = (state in ('completed', 'partially_completed', 'failed')))
) with (fillfactor = 70);
create index disbursements_due on disbursements (due_at) where due_at is not null;

create table disbursement_recipients (
  partner_id uuid not null,
  disbursement_id uuid not null,
  position integer not null,
  name text not null,
  phone text not null,
  amount bigint not null check (amount > 0),
  -- What else the caller said of the recipient; json, so that it goes back as it came.
  extra json,
  primary key (partner_id, disbursement_id, position)
);

create table vouchers (
  -- Whose money it is.
  partner_id uuid not null,
  id uuid not null,
  -- The keyed hash of the code, by which it is found, and the code itself, sealed and bound to the id, for sending it again.
  code_hash uuid not null constraint vouchers_code unique,
  code bytea not null,
  data_key_id uuid not null references data_keys (id),
  -- Where its worth came from, and goes when it ends.
  wallet_id uuid not null,
  phone text not null check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  holder text not null default '',
  currency text not null,
  -- Micro-units. What is left, what was spent and what was given back to the issuer make up what it was worth.
  amount bigint not null check (amount > 0),
  balance bigint not null check (balance >= 0),
  redeemed bigint not null default 0 check (redeemed >= 0),
  expired bigint not null default 0 check (expired >= 0),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  merchants text[] not null default '{}',
  is_external boolean not null default false,
  is_silent boolean not null default false,
  frozen_at timestamptz,
  disbursement_id uuid,
  position integer,
  created_at timestamptz not null default now(),
  primary key (partner_id, id),
  constraint vouchers_add_up check (balance + redeemed + expired = amount)
) with (fillfactor = 70);
create index vouchers_spendable on vouchers (phone, partner_id) where balance > 0;
create index vouchers_of_phone on vouchers (phone, id);
create index vouchers_by_id on vouchers (id);
create index vouchers_ending on vouchers (ends_at) where balance > 0;
create unique index vouchers_of_disbursement on vouchers (partner_id, disbursement_id, position) where disbursement_id is not null;

-- What was taken out of vouchers, at a till or into a wallet.
create table redemptions (
  -- Who asked for it: a partner, or the nil UUID for what a merchant or a telephone's owner asked for by himself.
  partner_id uuid not null,
  id uuid not null,
  -- Within which transaction ids are unique: empty for a partner's own, else the merchant's code.
  source text not null default '',
  transaction_id text not null check (transaction_id <> ''),
  request_hash uuid not null,
  mode text not null check (mode in ('api', 'external', 'web', 'ussd', 'wallet')),
  phone text not null,
  name text not null default '',
  amount bigint not null check (amount > 0),
  currency text not null,
  -- Null: it went into a wallet.
  merchant_id uuid,
  till_number text,
  merchant_name text,
  till_name text,
  wallet_id uuid,
  remarks text not null default '',
  mpesa_code text,
  receipt text not null,
  transaction_code text not null,
  created_at timestamptz not null default now(),
  -- Taking it back: one person proposes, another approves.
  proposal_id uuid unique,
  proposed_by text,
  proposed_at timestamptz,
  reversal_note text,
  reversed_by text,
  reversed_at timestamptz,
  reversal_id uuid,
  primary key (partner_id, id),
  constraint redemptions_transaction_id unique (partner_id, source, transaction_id),
  check ((merchant_id is null) = (mode = 'wallet')),
  check ((wallet_id is null) = (mode <> 'wallet')),
  check ((proposal_id is null) = (proposed_by is null)),
  check ((reversed_by is null) = (reversed_at is null) and (reversed_by is null) = (reversal_id is null)),
  constraint redemptions_two_persons check (reversed_by is null or (proposed_by is not null and reversed_by <> proposed_by))
);
create unique index redemptions_mpesa_code on redemptions (merchant_id, mpesa_code) where mpesa_code is not null;
create index redemptions_by_receipt on redemptions (receipt);
create index redemptions_of_merchant on redemptions (merchant_id, created_at desc, id desc) where merchant_id is not null;

create table redemption_parts (
  -- The voucher's.
  partner_id uuid not null,
  voucher_id uuid not null,
  redemption_id uuid not null,
  -- The order in which the vouchers were taken.
  place integer not null,
  amount bigint not null check (amount > 0),
  primary key (partner_id, voucher_id, redemption_id)
);
create index redemption_parts_of_redemption on redemption_parts (redemption_id, place);

-- Guesses that came to nothing: "phone:+254712345678" or "partner:<id>". After so many within an hour nothing is tried for an hour.
create table redemption_failures (
  subject text primary key,
  failures integer not null default 0,
  first_at timestamptz not null default now(),
  locked_until timestamptz
);

-- Accounts whose entries are numbered and whose balance runs, beside wallets and corrections: what a merchant is owed out of a partner's
-- vouchers, and what passes between two partners' books when one redeems a voucher of the other.
alter table ledger_accounts drop constraint ledger_accounts_kind_check;
alter table ledger_accounts add constraint ledger_accounts_kind_check check (kind in (
  'wallet', 'cash', 'sales', 'cost_of_goods', 'supplier_payable', 'voucher_liability', 'merchant_payable',
  'fees', 'fx', 'lender_receivable', 'adjustments', 'corrections', 'clearing'
));
alter table transfers drop constraint transfers_kind_check;
alter table transfers add constraint transfers_kind_check check (kind in (
  'charge', 'topup', 'refund', 'adjustment', 'withdrawal', 'correction',
  'disbursement', 'disbursement_refund', 'redemption', 'redemption_reversal', 'voucher_expiry'
));
create table running_accounts (
  partner_id uuid not null,
  account text not null,
  kind text not null check (kind in ('merchant_payable', 'clearing')),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  balance bigint not null default 0,
  entry_count bigint not null default 0,
  primary key (partner_id, account),
  foreign key (partner_id, account) references ledger_accounts (partner_id, code)
) with (fillfactor = 50);
create or replace view numbered_accounts as
  select partner_id, account, currency, entry_count from wallets
  union all
  select partner_id, account, currency, entry_count from corrections
  union all
  select partner_id, account, currency, entry_count from running_accounts;

do $$
begin
  if exists (select from pg_roles where rolname = 'scrip_app') then
    revoke update, delete, truncate on disbursement_recipients from scrip_app;
    revoke delete, truncate on merchants, tills, merchant_credentials, disbursements, vouchers, redemptions, running_accounts from scrip_app;
    revoke update, delete, truncate on redemption_parts from scrip_app;
  end if;
end
$$;
