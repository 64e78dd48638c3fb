-- Who made a key, and who invited somebody, in the words of the audit log: what was asked for under a name is not approved by whoever made the name.
-- Null: nobody knows, or the program itself did.
alter table credentials add column made_by text;
alter table users add column invited_by text;
update credentials c set made_by = a.actor from audit_log a where a.action = 'credential.created' and a.subject = c.id::text;
update users u set invited_by = a.actor from audit_log a where a.action = 'user.invited' and a.subject = u.id::text;
