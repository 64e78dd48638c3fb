-- What an operator looks at: endpoints in trouble, and the jobs of the queue, whose own tables are closed to the application.
create index webhook_endpoints_failing on webhook_endpoints (failing_since, id) where failing_since is not null or state = 'disabled';

create function queue_jobs(p_limit integer)
returns table (id bigint, name text, state text, attempts integer, max_attempts integer, run_at timestamptz, created_at timestamptz, last_error text)
language plpgsql stable security definer set search_path from current as $$
begin
  return query
  select j.id::bigint, t.identifier::text,
         case when j.locked_at is not null then 'running' when j.is_available then 'waiting' else 'failed' end,
         j.attempts::integer, j.max_attempts::integer, j.run_at, j.created_at, left(j.last_error, 500)
  from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
  order by j.id desc limit least(p_limit, 1000);
end
$$;

do $$
begin
  revoke execute on function queue_jobs from public;
  if exists (select from pg_roles where rolname = 'scrip_app') then
    grant execute on function queue_jobs to scrip_app;
  end if;
end
$$;
