-- Mails and short messages on their way out, written in the transaction of what they tell of. Keys begin with the partner, as everywhere;
-- the house's own are under the nil UUID, which no partner has, so the partner is no foreign key.
create table messages (
  partner_id uuid not null,
  id uuid not null,
  channel text not null check (channel in ('mail', 'sms')),
  recipient text not null check (recipient <> ''),
  -- In clear, for lists: no secret of a template ever gets into it.
  subject text not null default '',
  template text not null,
  locale text not null check (locale in ('en', 'ru')),
  -- Whoever asks for the same message again names it in the same way, and gets this one.
  reference text not null check (reference <> ''),
  -- What is sent, sealed and bound to the id: it may carry codes and passwords. Null once it is too old to be kept.
  body bytea,
  data_key_id uuid references data_keys (id),
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'failed', 'cancelled')),
  -- A message that is sent again on demand begins another round of tries.
  round integer not null default 1,
  tries integer not null default 0,
  -- When the next try is due; null: none is. Who tries moves it to the end of its claim, so that a claim which nobody ends comes back.
  due_at timestamptz default now(),
  claimed_until timestamptz,
  -- Moves on with each claim; who comes late with an old one changes nothing.
  fence bigint not null default 0,
  -- Nobody wants it any more after that: it fails instead of being sent.
  not_after timestamptz not null,
  error text,
  created_at timestamptz not null default now(),
  sent_at timestamptz,
  primary key (partner_id, id),
  unique (partner_id, reference),
  check ((body is null) = (data_key_id is null)),
  check ((state = 'waiting') = (due_at is not null)),
  check (state <> 'waiting' or body is not null)
) with (fillfactor = 70);
create index messages_due on messages (channel, due_at) where due_at is not null;
create index messages_by_id on messages (id);
create index messages_with_body on messages (created_at) where body is not null;

-- The operator's own texts. The newest row of a place is in force; one without a text gives the built-in one back. Append-only, so that
-- what was in force when, and who wrote it, stays known.
create table message_templates (
  -- Whose texts they are; the nil UUID is the house.
  partner_id uuid not null,
  code text not null,
  channel text not null check (channel in ('mail', 'sms')),
  locale text not null check (locale in ('en', 'ru')),
  id uuid not null,
  subject text,
  body text,
  html text,
  edited_at timestamptz not null default clock_timestamp(),
  actor text not null,
  primary key (partner_id, code, channel, locale, id),
  check ((subject is null) = (body is null)),
  check (html is null or body is not null)
);

-- What a sandbox would have sent, and what other programs gave to its mail catcher: whole, sealed, the newest only.
create table caught_messages (
  partner_id uuid not null,
  id uuid not null,
  channel text not null check (channel in ('mail', 'sms')),
  source text not null check (source in ('outbox', 'smtp')),
  content bytea not null,
  data_key_id uuid not null references data_keys (id),
  caught_at timestamptz not null default now(),
  primary key (partner_id, id)
);

do $$
begin
  if exists (select from pg_roles where rolname = 'scrip_app') then
    revoke update, delete, truncate on message_templates from scrip_app;
    revoke update, truncate on caught_messages from scrip_app;
    revoke delete, truncate on messages from scrip_app;
  end if;
end
$$;
