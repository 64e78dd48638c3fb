-- Where a plan's limits are far, a server process takes some requests ahead of those that wait: the last statement's, and all that processes
-- hold so in the running minute.
alter table plan_usage
  add column granted_ahead bigint not null default 0 check (granted_ahead >= 0),
  add column held bigint not null default 0 check (held >= 0);
