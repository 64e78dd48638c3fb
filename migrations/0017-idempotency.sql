-- Answers that were given under a client's own key, so that a retry gets the same bytes. What the call did (an order, a withdrawal) is
-- unique by itself: a row here decides who works and what is answered, never whether something is done twice.
create table idempotency_keys (
  partner_id uuid not null,
  key text not null check (key <> ''),
  id uuid not null,
  -- SHA-256 of what was asked for: the same key with another hash is a conflict.
  request_hash bytea not null,
  -- Who works on it holds it until then; a new claim takes over from one that has run out.
  claim uuid not null,
  claimed_until timestamptz not null,
  -- The answer, sealed under the partner's key and bound to `id`: there are codes in it. Null: none yet.
  status integer,
  body bytea,
  data_key_id uuid references data_keys (id),
  answered_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (partner_id, key),
  check (num_nulls(status, body, data_key_id, answered_at) in (0, 4))
) with (fillfactor = 70);
create index idempotency_keys_by_time on idempotency_keys (created_at);
