/*
title = "Caller lookup"
question = "Which calls were there with one number outside?"

[[parameters]]
name = "number"
type = "phone"
required = true
help = "As +16505550112, or as it is dialled at home"
*/
WITH calls AS (
    SELECT *
    FROM interactions
    WHERE started >= $from AND started < $to AND customer_number = $number
)
SELECT
    calls.started,
    calls.direction,
    calls.kind,
    calls.disposition,
    calls.customer_name,
    calls.company_number,
    queue.name AS queue,
    agent.name AS answered_by,
    calls.wait_ms,
    calls.talk_ms,
    calls.transfers,
    calls.recorded,
    calls.voicemail,
    calls.session
FROM calls
LEFT JOIN people AS queue ON queue.extension = calls.first_queue
    AND queue.valid_from <= calls.started AND calls.started < queue.valid_to
LEFT JOIN people AS agent ON agent.extension = calls.answered_by
    AND agent.valid_from <= calls.started AND calls.started < agent.valid_to
ORDER BY calls.started DESC, calls.session
