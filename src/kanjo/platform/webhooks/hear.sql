-- Whoever hears a fact gets it from the transaction that writes it: its sendings wait from then on, or never. Once per
-- statement, so that facts written by columns cost one look as well. Facts that a run loads into tables of its own do
-- not come by here (a table that is attached fires nothing): `webhooks.sending.take_up_runs` takes them up later.

CREATE FUNCTION webhooks_hear() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO webhooks_sending (endpoint_id, fact_id, kind, message)
    SELECT e.id, f.id, f.kind, 'msg_' || replace(gen_random_uuid()::text, '-', '')
    FROM webhooks_endpoint e JOIN facts f ON f.company_id = e.company_id AND e.kinds ? f.kind
    WHERE e.state <> 'ended';
    RETURN NULL;
END $$;

CREATE TRIGGER webhooks_hear AFTER INSERT ON outbox_fact
REFERENCING NEW TABLE AS facts FOR EACH STATEMENT EXECUTE FUNCTION webhooks_hear();
