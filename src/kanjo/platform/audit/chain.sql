-- The trail is written by these functions alone: they run with the rights of the owner, the application has none.

CREATE FUNCTION audit_change_of(changed text, before jsonb, after jsonb) RETURNS void
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
    INSERT INTO audit_change (actor_id, actor, verb, because, subject, subject_id, company_id, before, after)
    VALUES (
        nullif(current_setting('kanjo.actor_id', true), '')::bigint,
        coalesce(nullif(current_setting('kanjo.actor', true), ''), session_user),
        coalesce(nullif(current_setting('kanjo.verb', true), ''), 'database'),
        coalesce(current_setting('kanjo.because', true), ''),
        changed, (whole ->> 'id')::bigint, (whole ->> 'company_id')::bigint, was, is_now);
END $$;

-- The bytes that a digest covers: every column of the change, and its place.
CREATE FUNCTION audit_bytes(place bigint, c audit_change) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT convert_to(jsonb_build_array(
        place, c.id, extract(epoch FROM c.recorded_at)::text, c.actor_id, c.actor, c.verb, c.because,
        c.subject, c.subject_id, c.company_id, c.before, c.after)::text, 'UTF8')
$$;

CREATE FUNCTION audit_join_chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    place bigint;
    last bytea;
    sealed bytea;
BEGIN
    SELECT position + 1, digest INTO place, last FROM audit_head WHERE id = 1 FOR UPDATE;
    sealed := sha256(last || audit_bytes(place, NEW));
    INSERT INTO audit_link (position, change_id, digest) VALUES (place, NEW.id, sealed);
    UPDATE audit_head SET position = place, digest = sealed WHERE id = 1;
    RETURN NULL;
END $$;

INSERT INTO audit_head (id, position, digest) VALUES (1, 0, sha256('kanjo'));

-- Deferred to the commit: the head is locked for the length of a commit, not of an act.
CREATE CONSTRAINT TRIGGER audit_chained AFTER INSERT ON audit_change
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_join_chain();
