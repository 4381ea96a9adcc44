/*
title = "Agent timeline"
question = "What did one person's phone do, one thing after the other?"

[[parameters]]
name = "extension"
type = "extension"
required = true
help = "Whose"
*/
WITH mine AS (
    SELECT session, started, ended, 'offered' AS what, outcome, queue, ring_ms, talk_ms
    FROM offers
    WHERE started >= $from AND started < $to AND extension = $extension
), calls AS (
    SELECT session, direction, origin, customer_number, customer_name, caller_name, called_name, caller_extension,
        started, ended, disposition, kind, wait_ms, talk_ms
    FROM interactions
    WHERE started >= $from AND started < $to
        AND (caller_extension = $extension OR session IN (SELECT session FROM mine))
), all_of_it AS (
    SELECT mine.started, mine.ended, mine.what, mine.outcome, mine.queue, mine.ring_ms, mine.talk_ms,
        calls.customer_number, coalesce(calls.customer_name, calls.caller_name) AS name, mine.session
    FROM mine
    LEFT JOIN calls ON calls.session = mine.session
    UNION ALL
    SELECT started, ended, 'called' AS what, disposition AS outcome, NULL AS queue, wait_ms AS ring_ms, talk_ms,
        customer_number, coalesce(customer_name, called_name) AS name, session
    FROM calls
    WHERE caller_extension = $extension AND direction = 'outbound' AND kind = 'voice'
)
SELECT
    all_of_it.started,
    all_of_it.ended,
    all_of_it.what,
    all_of_it.outcome,
    all_of_it.customer_number,
    all_of_it.name,
    queues.name AS queue,
    all_of_it.ring_ms,
    all_of_it.talk_ms,
    all_of_it.session
FROM all_of_it
LEFT JOIN people AS queues ON queues.extension = all_of_it.queue
    AND queues.valid_from <= all_of_it.started AND all_of_it.started < queues.valid_to
ORDER BY all_of_it.started, all_of_it.session, all_of_it.ended, all_of_it.outcome
