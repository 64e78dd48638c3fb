-- Money that comes in and goes out by bank, and who is behind an account.

-- Our own bank accounts that partners pay into. They belong to the house, so no partner's id stands first.
create table receiving_accounts (
  id uuid primary key,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  bank_name text not null check (bank_name <> ''),
  account_name text not null check (account_name <> ''),
  account_number text not null check (account_number <> ''),
  bank_code text not null default '',
  actor text not null,
  created_at timestamptz not null default now(),
  -- Retired: nobody is told of it any more, and what still comes in on it is booked.
  retired_at timestamptz
);
create unique index receiving_accounts_open on receiving_accounts (currency, account_number, bank_code) where retired_at is null;

-- An account that is one wallet's alone: whatever comes in on it is that wallet's.
create table dedicated_accounts (
  partner_id uuid not null references partners (id),
  id uuid not null,
  wallet_id uuid not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  bank_name text not null check (bank_name <> ''),
  account_name text not null check (account_name <> ''),
  account_number text not null check (account_number <> ''),
  bank_code text not null default '',
  actor text not null,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (partner_id, id),
  foreign key (partner_id, wallet_id) references wallets (partner_id, id)
);
create unique index dedicated_accounts_of_wallet on dedicated_accounts (partner_id, wallet_id) where ended_at is null;
-- Not below a partner: a transfer says the number alone, and it must be one wallet's.
create unique index dedicated_accounts_number on dedicated_accounts (account_number) where ended_at is null;

-- What a partner means to pay in. What comes is what is booked.
create table funding_requests (
  partner_id uuid not null references partners (id),
  id uuid not null,
  wallet_id uuid not null,
  -- The caller's own name for it, unique for ever.
  reference text not null,
  -- What the payer writes with the transfer; see payment-reference.ts.
  payment_reference text not null,
  amount bigint not null check (amount > 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  account_id uuid not null references receiving_accounts (id),
  state text not null default 'pending' check (state in ('pending', 'funded', 'cancelled')),
  funded_amount bigint not null default 0 check (funded_amount >= 0),
  actor text not null,
  created_at timestamptz not null default now(),
  -- Until when it is waited for. A transfer that comes later is still booked.
  expires_at timestamptz not null,
  funded_at timestamptz,
  primary key (partner_id, id),
  foreign key (partner_id, wallet_id) references wallets (partner_id, id),
  check ((state = 'funded') = (funded_at is not null))
);
create unique index funding_requests_reference on funding_requests (partner_id, reference);
-- Not below a partner: a transfer says the payment reference alone.
create unique index funding_requests_payment_reference on funding_requests (payment_reference);
create index funding_requests_listed on funding_requests (partner_id, created_at desc, id desc);

-- A bank's statement of one account of ours.
create table bank_statements (
  id uuid primary key,
  file_hash bytea not null unique,
  file_name text not null,
  format text not null check (format in ('csv', 'mt940', 'camt.053')),
  lines bigint not null,
  actor text not null,
  created_at timestamptz not null default now()
);

-- What moved on an account of ours, by a statement or by hand. It belongs to nobody until it is known whose it is.
create table bank_lines (
  id uuid primary key,
  statement_id uuid references bank_statements (id),
  -- In the file; its first is 1.
  line integer,
  account text not null,
  -- What makes it this line and no other, within the account: a line that comes again in another statement is not written twice.
  identity text not null,
  booked_on date not null,
  -- Positive came in.
  amount bigint not null check (amount <> 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  bank_reference text not null default '',
  remittance text not null default '',
  payer text not null default '',
  state text not null check (state in ('unmatched', 'matched', 'booked', 'ignored', 'outgoing')),
  partner_id uuid,
  wallet_id uuid,
  funding_id uuid,
  -- Who brought the line in, and who said whose it is; "system" where it says so itself.
  actor text not null,
  matched_by text,
  booked_by text,
  note text not null default '',
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  unique (account, identity),
  foreign key (partner_id, wallet_id) references wallets (partner_id, id),
  check ((state in ('matched', 'booked')) = (wallet_id is not null)),
  check ((state = 'booked') = (booked_by is not null)),
  -- Nobody makes money alone.
  constraint bank_lines_two_persons check (booked_by is null or (booked_by <> actor and booked_by <> matched_by))
);
create index bank_lines_waiting on bank_lines (created_at, id) where state in ('unmatched', 'matched');
create index bank_lines_of_statement on bank_lines (statement_id, line);
create index bank_lines_listed on bank_lines (created_at, id);
-- What looks like a line that another statement had, in other words.
create index bank_lines_alike on bank_lines (wallet_id, booked_on, amount) where wallet_id is not null;

create table withdrawals (
  partner_id uuid not null references partners (id),
  -- Also the id of its hold.
  id uuid not null,
  wallet_id uuid not null,
  reference text not null,
  amount bigint not null check (amount > 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  -- Where it goes: sealed JSON, and what lists show of it.
  destination bytea not null,
  data_key_id uuid not null references data_keys (id),
  destination_hash uuid not null,
  destination_shown text not null,
  state text not null default 'pending_approval' check (state in ('pending_approval', 'paid', 'rejected')),
  requested_by text not null,
  decided_by text,
  reason text not null default '',
  created_at timestamptz not null default now(),
  decided_at timestamptz,
  primary key (partner_id, id),
  foreign key (partner_id, wallet_id) references wallets (partner_id, id),
  check ((state = 'pending_approval') = (decided_by is null)),
  constraint withdrawals_two_persons check (decided_by is null or decided_by <> requested_by)
);
create unique index withdrawals_reference on withdrawals (partner_id, reference);
create index withdrawals_listed on withdrawals (partner_id, created_at desc, id desc);
create index withdrawals_by_id on withdrawals (id);
create index withdrawals_waiting on withdrawals (created_at, id) where state = 'pending_approval';

-- Who is behind an account: what was submitted, and what an operator made of it.
create table identity_checks (
  partner_id uuid not null references partners (id),
  id uuid not null,
  kind text not null check (kind in ('person', 'company')),
  legal_name text not null check (legal_name <> ''),
  -- Sealed JSON: the officer, registration, address.
  details bytea not null,
  data_key_id uuid not null references data_keys (id),
  state text not null default 'submitted' check (state in ('submitted', 'approved', 'rejected')),
  submitted_by text not null,
  decided_by text,
  reason text not null default '',
  created_at timestamptz not null default now(),
  decided_at timestamptz,
  primary key (partner_id, id),
  check ((state = 'submitted') = (decided_by is null)),
  constraint identity_checks_two_persons check (decided_by is null or decided_by <> submitted_by)
);
-- One at a time; who was rejected submits again.
create unique index identity_checks_open on identity_checks (partner_id) where state <> 'rejected';
create index identity_checks_by_id on identity_checks (id);
create index identity_checks_waiting on identity_checks (created_at, id) where state = 'submitted';

create table identity_documents (
  partner_id uuid not null,
  id uuid not null,
  check_id uuid not null,
  name text not null,
  media_type text not null check (media_type in ('application/pdf', 'image/png', 'image/jpeg')),
  size_bytes integer not null,
  content bytea not null,
  data_key_id uuid not null references data_keys (id),
  primary key (partner_id, id),
  foreign key (partner_id, check_id) references identity_checks (partner_id, id)
);

create index identity_documents_by_id on identity_documents (id);
create index identity_documents_of_check on identity_documents (check_id);

-- An event of the account itself, which every dialect may tell: to all of the partner's endpoints that want it.
create function queue_account_webhooks(p_partner_id uuid, p_event_id uuid, p_type text) returns void
language plpgsql as $$
begin
  perform queue_webhooks(p_partner_id, p_event_id, p_type, d.dialect)
  from (
    select distinct e.dialect from webhook_endpoints e where e.partner_id = p_partner_id and e.state <> 'disabled'
  ) d;
end
$$;

do $$
begin
  if exists (select from pg_roles where rolname = 'scrip_app') then
    revoke delete, truncate on receiving_accounts, dedicated_accounts, funding_requests, bank_statements, bank_lines, withdrawals,
      identity_checks, identity_documents from scrip_app;
  end if;
end
$$;
