-- Whom a deputy stood in for is written beside who acted, and sealed with the rest.

CREATE OR REPLACE FUNCTION audit_change_of(changed text, before jsonb, after jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    whole jsonb := coalesce(after, before);
    was jsonb := before;
    is_now jsonb := after;
BEGIN
    IF before IS NOT NULL AND after IS NOT NULL THEN
        SELECT jsonb_object_agg(key, before -> key), jsonb_object_agg(key, value) INTO was, is_now
        FROM jsonb_each(after) WHERE before -> key IS DISTINCT FROM value;
        IF is_now IS NULL THEN
            RETURN;
        END IF;
    END IF;
    INSERT INTO audit_change
        (actor_id, actor, verb, because, subject, subject_id, company_id, before, after, for_id, for_name)
    VALUES (
        nullif(current_setting('kanjo.actor_id', true), '')::bigint,
        coalesce(nullif(current_setting('kanjo.actor', true), ''), session_user),
        coalesce(nullif(current_setting('kanjo.verb', true), ''), 'database'),
        coalesce(current_setting('kanjo.because', true), ''),
        changed, (whole ->> 'id')::bigint, (whole ->> 'company_id')::bigint, was, is_now,
        nullif(current_setting('kanjo.for_id', true), '')::bigint,
        nullif(current_setting('kanjo.for_name', true), ''));
END $$;

-- A change that nobody did for another has the bytes it always had: what was sealed before stays whole.
CREATE OR REPLACE FUNCTION audit_bytes(place bigint, c audit_change) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT convert_to((jsonb_build_array(
        place, c.id, extract(epoch FROM c.recorded_at)::text, c.actor_id, c.actor, c.verb, c.because,
        c.subject, c.subject_id, c.company_id, c.before, c.after)
        || CASE WHEN c.for_id IS NULL AND c.for_name IS NULL THEN '[]'::jsonb
                ELSE jsonb_build_array(c.for_id, c.for_name) END)::text, 'UTF8')
$$;
