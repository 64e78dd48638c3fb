-- Addresses that came with one request and want to be told of what becomes of it: endpoints that nobody registered. They are delivered
-- to as any other, but events do not go to them by themselves, and they do not count among those that a partner may have.
alter table webhook_endpoints add column is_callback boolean not null default false;
create unique index webhook_endpoints_callbacks on webhook_endpoints (partner_id, dialect, md5(url)) where is_callback;
drop index webhook_endpoints_told;
create index webhook_endpoints_told on webhook_endpoints (partner_id, dialect) where state <> 'disabled' and not is_callback;

create or replace function queue_webhooks(p_partner_id uuid, p_event_id uuid, p_type text, p_dialect text) returns void
language plpgsql as $$
begin
  insert into webhook_deliveries (partner_id, event_id, endpoint_id)
  select e.partner_id, p_event_id, e.id
  from webhook_endpoints e
  where e.partner_id = p_partner_id and e.dialect = p_dialect and e.state <> 'disabled' and not e.is_callback
    and (e.events = '{}' or p_type = any (e.events));
  -- Only then: notifications cost every commit that makes one.
  if found then perform pg_notify('webhooks_due', ''); end if;
end
$$;
