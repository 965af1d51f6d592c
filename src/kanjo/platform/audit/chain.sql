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

-- Which transaction wrote a change, so that all of it joins the chain at once.
ALTER TABLE audit_change ADD COLUMN transaction_id bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint);

CREATE FUNCTION audit_join_chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    place bigint;
    sealed bytea;
    places bigint[] := '{}';
    changes bigint[] := '{}';
    digests bytea[] := '{}';
    one audit_change;
    last bigint;
BEGIN
    -- Fired per row; the first one takes the head and joins every change of the transaction, the others find it done.
    IF NEW.id <= coalesce(nullif(current_setting('kanjo.chained_through', true), ''), '0')::bigint THEN
        RETURN NULL;
    END IF;
    SELECT position, digest INTO place, sealed FROM audit_head WHERE id = 1 FOR UPDATE;
    FOR one IN SELECT * FROM audit_change WHERE id >= NEW.id AND transaction_id = NEW.transaction_id ORDER BY id LOOP
        place := place + 1;
        sealed := sha256(sealed || audit_bytes(place, one));
        places := places || place;
        changes := changes || one.id;
        last := one.id;
        digests := digests || sealed;
    END LOOP;
    INSERT INTO audit_link (position, change_id, digest) SELECT * FROM unnest(places, changes, digests);
    UPDATE audit_head SET position = place, digest = sealed WHERE id = 1;
    PERFORM set_config('kanjo.chained_through', last::text, true);
    RETURN NULL;
END $$;

INSERT INTO audit_head (id, position, digest) VALUES (1, 0, sha256('kanjo'));

-- Deferred to the commit: the head is locked for the length of a commit, not of an act.
CREATE CONSTRAINT TRIGGER audit_chained AFTER INSERT ON audit_change
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_join_chain();
