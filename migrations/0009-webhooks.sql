-- Where a partner wants to be told, in which dialect, of what. Keys begin with the partner, as everywhere.
create table webhook_endpoints (
  partner_id uuid not null references partners (id),
  id uuid not null,
  dialect text not null,
  url text not null,
  -- Event types ("order.completed"); empty: all.
  events text[] not null default '{}',
  description text not null default '',
  -- Paused: events gather and go out when it is active again. Disabled: nothing is sent or gathered.
  state text not null default 'active' check (state in ('active', 'paused', 'disabled')),
  disabled_reason text,
  disabled_at timestamptz,
  -- Sealed, bound to the endpoint's id. After a rotation the former one signs too, until `previous_until`.
  secret bytea not null,
  data_key_id uuid not null references data_keys (id),
  previous_secret bytea,
  previous_data_key_id uuid references data_keys (id),
  previous_until timestamptz,
  -- The breaker: failures in a row over all deliveries, since when, and until when nothing is tried.
  failures_in_a_row integer not null default 0,
  failing_since timestamptz,
  rests_until timestamptz,
  created_at timestamptz not null default now(),
  primary key (partner_id, id),
  check ((previous_secret is null) = (previous_data_key_id is null)),
  check ((state = 'disabled') = (disabled_at is not null))
) with (fillfactor = 70);
create index webhook_endpoints_told on webhook_endpoints (partner_id, dialect) where state <> 'disabled';

-- An event on its way to an endpoint, written in the transaction in which the event happened. The event's id is its idempotency key,
-- the same on each try and each replay.
create table webhook_deliveries (
  partner_id uuid not null,
  event_id uuid not null,
  endpoint_id uuid not null,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
  -- Tries of this round that came to an end (a replay starts another round), and all that were begun in any.
  tries integer not null default 0,
  tries_ever integer not null default 0,
  -- When the next try is due; null: none is.
  due_at timestamptz default now(),
  -- Who tries now holds the row until then; the fence moves on with each claim, and who comes late with an old one changes nothing.
  claimed_until timestamptz,
  fence bigint not null default 0,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (partner_id, event_id, endpoint_id)
) with (fillfactor = 70);
-- Claiming walks from endpoint to endpoint, however much lies before one of them; and counts what is in hand for each.
create index webhook_deliveries_due on webhook_deliveries (partner_id, endpoint_id, due_at) where due_at is not null;
create index webhook_deliveries_claimed on webhook_deliveries (partner_id, endpoint_id) where claimed_until is not null;
create index webhook_deliveries_of_endpoint on webhook_deliveries (partner_id, endpoint_id, created_at desc, event_id desc);

-- Every try: what was answered, and how long it took.
create table webhook_attempts (
  partner_id uuid not null,
  event_id uuid not null,
  endpoint_id uuid not null,
  number integer not null,
  attempted_at timestamptz not null default now(),
  duration_us integer not null,
  -- Null: there was no answer, and `error` says why.
  status integer,
  error text,
  response text,
  primary key (partner_id, event_id, endpoint_id, number)
);

-- Puts an event on its way to each endpoint that wants it, and wakes whoever delivers once this is committed.
create function queue_webhooks(p_partner_id uuid, p_event_id uuid, p_type text, p_dialect text) returns void
language plpgsql as $$
begin
  insert into webhook_deliveries (partner_id, event_id, endpoint_id)
  select e.partner_id, p_event_id, e.id
  from webhook_endpoints e
  where e.partner_id = p_partner_id and e.dialect = p_dialect and e.state <> 'disabled'
    and (e.events = '{}' or p_type = any (e.events));
  -- Only then: notifications cost every commit that makes one.
  if found then perform pg_notify('webhooks_due', ''); end if;
end
$$;
