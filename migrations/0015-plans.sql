-- What an account may do, and how often. A partner without a plan may do everything, as often as it likes.
create table plans (
  code text primary key check (code ~ '^[a-z][a-z0-9-]{0,31}$'),
  name text not null check (name <> ''),
  -- Null: no limit.
  requests_per_minute integer check (requests_per_minute > 0),
  -- In a calendar month, UTC. Null: no limit.
  requests_per_month integer check (requests_per_month > 0),
  -- Areas of the API that it covers, as routes name them, beside what every account may call; null: all.
  areas text[]
);
insert into plans (code, name, requests_per_minute, requests_per_month, areas) values
  ('starter', 'Starter', 10, 1000, '{gift-cards,airtime}'),
  ('merchant', 'Merchant', 60, 10000, null),
  ('enterprise', 'Enterprise', null, null, null);

create table partner_plans (
  partner_id uuid primary key references partners (id),
  plan text not null references plans (code),
  since timestamptz not null default now()
);
create index partner_plans_of_plan on partner_plans (plan, partner_id);

-- Requests counted against plans: one row for each partner, with its running minute and month.
create table plan_usage (
  partner_id uuid primary key references partners (id),
  minute_start timestamptz not null,
  minute_used bigint not null check (minute_used >= 0),
  month_start timestamptz not null,
  month_used bigint not null check (month_used >= 0),
  -- What the last statement granted: an upsert cannot answer with the difference to the row before it.
  granted bigint not null check (granted >= 0)
) with (fillfactor = 50);

do $$
begin
  if exists (select from pg_roles where rolname = 'scrip_app') then
    revoke delete, truncate on plans, plan_usage from scrip_app;
  end if;
end
$$;
