/*
title = "Data quality"
question = "How many calls cannot be told apart as well as one would like?"
*/
WITH counts AS (
    SELECT
        count(*) AS calls,
        count(*) FILTER (WHERE disposition = 'unknown') AS disposition_unknown,
        count(*) FILTER (WHERE disposition = 'answered' AND answered_by IS NULL AND direction = 'inbound') AS answered_by_nobody_known,
        count(*) FILTER (WHERE origin = 'external' AND customer_number IS NULL) AS number_withheld,
        count(*) FILTER (WHERE legs = 0) AS without_legs,
        count(*) FILTER (WHERE records > 1) AS of_several_records,
        count(*) FILTER (WHERE duration_ms = 0) AS without_duration,
        count(*) FILTER (WHERE duration_ms > 86400000) AS longer_than_a_day,
        count(*) FILTER (WHERE talk_ms > duration_ms) AS talk_longer_than_call,
        count(*) FILTER (WHERE after_hours IS NULL AND source = 'ringcentral') AS hours_unknown,
        count(*) FILTER (WHERE source = 'portal') AS imported,
        count(*) FILTER (WHERE people.extension IS NULL AND answered_by IS NOT NULL) AS answered_by_a_stranger
    FROM interactions
    LEFT JOIN (SELECT DISTINCT extension FROM people) AS people ON people.extension = interactions.answered_by
    WHERE started >= $from AND started < $to AND kind = 'voice'
)
SELECT
    checks.finding,
    CASE checks.finding
        WHEN 'disposition_unknown' THEN disposition_unknown
        WHEN 'answered_by_nobody_known' THEN answered_by_nobody_known
        WHEN 'answered_by_a_stranger' THEN answered_by_a_stranger
        WHEN 'number_withheld' THEN number_withheld
        WHEN 'without_legs' THEN without_legs
        WHEN 'of_several_records' THEN of_several_records
        WHEN 'without_duration' THEN without_duration
        WHEN 'longer_than_a_day' THEN longer_than_a_day
        WHEN 'talk_longer_than_call' THEN talk_longer_than_call
        WHEN 'hours_unknown' THEN hours_unknown
        WHEN 'imported' THEN imported
    END AS calls,
    calls AS of_calls,
    checks.meaning
FROM counts
CROSS JOIN (VALUES
    (1, 'disposition_unknown', 'the records do not say what became of it'),
    (2, 'answered_by_nobody_known', 'answered, but the records do not say by whom'),
    (3, 'answered_by_a_stranger', 'answered by an extension that the directory never had'),
    (4, 'number_withheld', 'no number of whoever is outside'),
    (5, 'without_legs', 'only the record itself is there, so offers and queues are not'),
    (6, 'of_several_records', 'records joined by their session'),
    (7, 'without_duration', 'it took no time'),
    (8, 'longer_than_a_day', 'probably a line that was never hung up'),
    (9, 'talk_longer_than_call', 'legs and records contradict each other'),
    (10, 'hours_unknown', 'business hours are not in the directory'),
    (11, 'imported', 'only the CSV of the portal has them: no waits, legs, queues or costs')
) AS checks (place, finding, meaning)
ORDER BY checks.place
