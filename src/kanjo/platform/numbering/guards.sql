-- A number is of a series that is there, and a series stays. Looked at once a statement: a run takes thousands of numbers.

CREATE FUNCTION numbering_issued_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT n.series_id INTO wrong FROM (SELECT DISTINCT series_id FROM new_rows) n
    LEFT JOIN numbering_series s ON s.id = n.series_id WHERE s.id IS NULL LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a number names series %, which is not there', wrong USING ERRCODE = 'KJ021';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER numbering_issued_of_series AFTER INSERT ON numbering_issued
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION numbering_issued_guard();

CREATE FUNCTION numbering_series_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'series % stays as it is', OLD.id USING ERRCODE = 'KJ001';
END $$;

CREATE TRIGGER numbering_series_stays BEFORE DELETE OR UPDATE OF id ON numbering_series
    FOR EACH ROW EXECUTE FUNCTION numbering_series_stays();
