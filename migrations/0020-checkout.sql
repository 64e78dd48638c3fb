-- Pay now, pay later: a shop's orders that a buyer pays on our page, at once through a bank or in instalments through a lender.

-- Where a dialect signs with the token itself, the sealed secret is the token.
alter table credentials add column token_kept boolean not null default false check (not token_kept or secret is not null);

alter table ledger_accounts drop constraint ledger_accounts_kind_check;
alter table ledger_accounts add constraint ledger_accounts_kind_check check (kind in (
  'wallet', 'cash', 'sales', 'cost_of_goods', 'supplier_payable', 'voucher_liability', 'merchant_payable',
  'fees', 'fx', 'lender_receivable', 'bank_receivable', 'interest', 'adjustments', 'corrections', 'clearing'
));
alter table transfers drop constraint transfers_kind_check;
alter table transfers add constraint transfers_kind_check check (kind in (
  'charge', 'topup', 'refund', 'adjustment', 'withdrawal', 'correction',
  'disbursement', 'disbursement_refund', 'redemption', 'redemption_reversal', 'voucher_expiry', 'payout', 'payback', 'collection'
));

-- What is still owed for orders that were paid out, as a debit (below zero): never more comes in than is owed.
alter table running_accounts drop constraint running_accounts_kind_check;
alter table running_accounts add constraint running_accounts_kind_check
  check (kind in ('merchant_payable', 'clearing', 'lender_receivable', 'bank_receivable'));
alter table running_accounts add constraint running_accounts_receivable
  check (kind not in ('lender_receivable', 'bank_receivable') or balance <= 0);

-- Whoever pays a shop in the buyer's place: lenders and banks, each behind a connector with its settings, sealed and bound to the id.
create table payers (
  id uuid primary key,
  code text not null unique check (code ~ '^[a-z][a-z0-9-]{0,31}$'),
  name text not null check (name <> ''),
  kind text not null check (kind in ('lender', 'bank')),
  connector text not null,
  settings bytea not null,
  data_key_id uuid not null references data_keys (id),
  created_at timestamptz not null default now()
);

-- A partner's shop.
create table checkout_sellers (
  partner_id uuid not null references partners (id),
  id uuid not null,
  name text not null check (name <> ''),
  wallet_id uuid not null,
  lender_id uuid references payers (id),
  bank_id uuid references payers (id),
  -- Of what is paid later; micro-units.
  least_amount bigint not null check (least_amount > 0),
  most_amount bigint not null check (most_amount >= least_amount),
  -- Percent of the amount.
  fee_percent numeric(12, 6) not null check (fee_percent >= 0 and fee_percent < 100),
  fee_payer text not null check (fee_payer in ('seller', 'buyer')),
  -- Interest for 30 days, as a fraction of what is owed.
  rate_30_days numeric(12, 10) not null check (rate_30_days >= 0 and rate_30_days < 1),
  redirect_url text not null,
  created_at timestamptz not null default now(),
  primary key (partner_id, id),
  foreign key (partner_id, wallet_id) references wallets (partner_id, id)
);
create unique index checkout_sellers_by_id on checkout_sellers (id);

create table checkouts (
  partner_id uuid not null,
  id uuid not null,
  seller_id uuid not null,
  dialect text not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  amount bigint not null check (amount > 0),
  -- As the seller's terms were when the order was made.
  fee bigint not null check (fee >= 0 and fee < amount),
  fee_payer text not null check (fee_payer in ('seller', 'buyer')),
  rate_30_days numeric(12, 10) not null,
  reference text not null,
  terms text[] not null check (terms <> '{}' and terms <@ '{pay_now,pay_later}'::text[]),
  redirect_url text not null,
  webhook_url text,
  -- The address of the buyer's page, without what lets one in.
  page_url text not null,
  source text,
  -- As the client wrote it.
  meta_data json,
  idempotency_key text,
  request_hash uuid not null,
  status text not null default 'created' check (status in ('created', 'pending', 'approved', 'successful', 'unsuccessful')),
  -- Moves on with each change of the status.
  version bigint not null default 1,
  end_reason text check (end_reason in ('paid', 'declined', 'cancelled', 'expired')),
  -- What the buyer agreed to.
  chosen text check (chosen in ('pay_now', 'pay_later')),
  months smallint check (months between 1 and 12),
  buyer_company text,
  buyer_email text,
  buyer_turnover bigint check (buyer_turnover >= 0),
  refunded bigint not null default 0 check (refunded between 0 and amount),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  paid_at timestamptz,
  ended_at timestamptz,
  primary key (partner_id, id),
  unique (partner_id, seller_id, idempotency_key),
  foreign key (partner_id, seller_id) references checkout_sellers (partner_id, id),
  check ((status in ('successful', 'unsuccessful')) = (ended_at is not null)),
  check ((ended_at is null) = (end_reason is null)),
  check ((status = 'successful') = (paid_at is not null)),
  check (refunded = 0 or status = 'successful')
) with (fillfactor = 80);
create unique index checkouts_by_id on checkouts (id);
create index checkouts_of_seller on checkouts (partner_id, seller_id, id desc);
create index checkouts_open on checkouts (expires_at) where status in ('created', 'pending');
create index checkouts_of_buyer on checkouts (buyer_email) where buyer_email is not null;

-- Whether somebody pays for an agreed order: the row is the job, as it is of fulfilments.
create table checkout_decisions (
  partner_id uuid not null,
  checkout_id uuid not null,
  payer_id uuid not null references payers (id),
  -- Waiting: for a word. Paying: it is agreed, and the shop is to be paid out. Withdrawing: nobody wants it any more, which the payer has
  -- to be told. Parked: it waits for a person.
  state text not null default 'waiting' check (state in ('waiting', 'paying', 'withdrawing', 'approved', 'declined', 'withdrawn', 'parked')),
  sends integer not null default 0,
  sent_at timestamptz,
  asks integer not null default 0,
  claims integer not null default 0,
  due_at timestamptz default now(),
  claimed_until timestamptz,
  fence bigint not null default 0,
  -- Where the buyer has to go on, as the payer said.
  continue_url text,
  -- What the buyer said on the simulated bank's page.
  word text check (word in ('approve', 'decline')),
  payer_reference text,
  detail text not null default '',
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (partner_id, checkout_id),
  foreign key (partner_id, checkout_id) references checkouts (partner_id, id)
) with (fillfactor = 70);
create index checkout_decisions_due on checkout_decisions (due_at) where due_at is not null;
create index checkout_decisions_open on checkout_decisions (created_at, checkout_id) where state not in ('approved', 'declined', 'withdrawn');
create unique index checkout_decisions_by_checkout on checkout_decisions (checkout_id);

-- What is owed for an order that was paid out; what is paid at once is one instalment without interest.
create table checkout_instalments (
  partner_id uuid not null,
  checkout_id uuid not null,
  number smallint not null check (number between 1 and 12),
  account text not null,
  due_on date not null,
  principal bigint not null check (principal >= 0),
  interest bigint not null check (interest >= 0),
  -- Void: a refund has taken its place.
  state text not null default 'due' check (state in ('due', 'late', 'paid', 'void')),
  reminded_at timestamptz,
  paid_at timestamptz,
  primary key (partner_id, checkout_id, number),
  foreign key (partner_id, checkout_id) references checkouts (partner_id, id),
  check ((state = 'paid') = (paid_at is not null))
) with (fillfactor = 70);
create index checkout_instalments_open on checkout_instalments (due_on) where state in ('due', 'late');

-- Money back to a buyer, as one person proposes and another settles it.
create table checkout_refunds (
  partner_id uuid not null,
  id uuid not null,
  checkout_id uuid not null,
  amount bigint not null check (amount > 0),
  note text not null check (note <> ''),
  state text not null default 'proposed' check (state in ('proposed', 'replaced', 'settled')),
  proposed_by text not null,
  proposed_at timestamptz not null default now(),
  settled_by text,
  settled_at timestamptz,
  primary key (partner_id, id),
  foreign key (partner_id, checkout_id) references checkouts (partner_id, id),
  constraint checkout_refunds_two_persons check (settled_by is null or settled_by <> proposed_by),
  check ((state = 'settled') = (settled_by is not null))
);
create unique index checkout_refunds_open on checkout_refunds (partner_id, checkout_id) where state = 'proposed';
create index checkout_refunds_by_id on checkout_refunds (id);

do $$
begin
  if exists (select from pg_roles where rolname = 'scrip_app') then
    revoke delete, truncate on payers, checkout_sellers, checkouts, checkout_decisions, checkout_instalments, checkout_refunds
      from scrip_app;
  end if;
end
$$;
