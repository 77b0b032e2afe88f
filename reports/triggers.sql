-- Dirty marks: a new message, ledger entry or opt-out latency marks its hour, as does an update that changes a count.
CREATE OR REPLACE FUNCTION reports_mark_hour() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN INSERT INTO reports_dirtymark (team_id, at) VALUES (NEW.team_id, NEW.at); RETURN NULL; END $$;

CREATE OR REPLACE FUNCTION reports_mark_ledger_entry() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO reports_dirtymark (team_id, at, event_id) VALUES (NEW.team_id, NEW.happened_at, NEW.id);
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION reports_mark_hour(), reports_mark_ledger_entry() FROM PUBLIC;  -- triggers need no EXECUTE right

SELECT kernel_install_trigger('mark_inserted', 'messaging_message',
    'AFTER INSERT ON %s FOR EACH ROW EXECUTE FUNCTION reports_mark_hour()');
SELECT kernel_install_trigger('mark_updated', 'messaging_message',
    'AFTER UPDATE ON %s FOR EACH ROW
     WHEN ((OLD.status, OLD.reason, OLD.error_code, OLD.segments, OLD.claimed_at, OLD.crossed, OLD.waited_seconds)
         IS DISTINCT FROM
         (NEW.status, NEW.reason, NEW.error_code, NEW.segments, NEW.claimed_at, NEW.crossed, NEW.waited_seconds)
       AND NOT (OLD.status IN (''queued'', ''claimed'', ''sending'') AND NEW.status IN (''queued'', ''claimed'', ''sending'')))
     EXECUTE FUNCTION reports_mark_hour()');
SELECT kernel_install_trigger('mark_inserted', 'messaging_optoutlatency',
    'AFTER INSERT ON %s FOR EACH ROW EXECUTE FUNCTION reports_mark_hour()');
SELECT kernel_install_trigger('mark_inserted', 'optout_consentevent',
    'AFTER INSERT ON %s FOR EACH ROW EXECUTE FUNCTION reports_mark_ledger_entry()');

-- Schedules keep their hour when the team's time zone changes: a worker looks at each of them and computes its next time.
CREATE OR REPLACE FUNCTION reports_plan_schedules() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF kernel_holds_team(NEW.id) THEN
        UPDATE reports_reportschedule SET due_at = to_timestamp(0)  -- at once
        WHERE team_id = NEW.id AND due_at IS NOT NULL AND tries = 0;
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION reports_plan_schedules() FROM PUBLIC;
SELECT kernel_install_trigger('plan_schedules', 'accounts_team',
    'AFTER UPDATE ON %s FOR EACH ROW WHEN (OLD.time_zone IS DISTINCT FROM NEW.time_zone)
     EXECUTE FUNCTION reports_plan_schedules()');
