/*
title = "Unreturned missed calls"
question = "Who called in vain, and has not been spoken to since?"

[[parameters]]
name = "queue"
type = "queue"
help = "Calls that came to this queue first"
*/
WITH callers AS (
    SELECT
        customer_number,
        max(started) FILTER (WHERE disposition = 'answered') AS last_contact,
        max(started) FILTER (WHERE direction = 'inbound' AND disposition NOT IN ('answered', 'failed', 'blocked')
            AND ($queue IS NULL OR first_queue = $queue)) AS last_missed
    FROM interactions
    WHERE started >= $from AND started < $to
        AND kind = 'voice' AND customer_number IS NOT NULL
    GROUP BY customer_number
), unreturned AS (
    SELECT *
    FROM callers
    WHERE last_missed IS NOT NULL AND (last_contact IS NULL OR last_contact < last_missed)
), missed AS (
    SELECT
        unreturned.last_contact,
        interactions.customer_number,
        interactions.customer_name,
        interactions.started,
        interactions.company_number,
        interactions.first_queue,
        interactions.disposition,
        interactions.voicemail,
        interactions.session,
        count(*) OVER (PARTITION BY interactions.customer_number) AS attempts,
        min(interactions.started) OVER (PARTITION BY interactions.customer_number) AS first_missed
    FROM unreturned
    JOIN interactions ON interactions.customer_number = unreturned.customer_number
    WHERE interactions.started >= $from AND interactions.started < $to
        -- Most are recent: little has to be read again.
        AND interactions.started >= (SELECT min(coalesce(last_contact, $from)) FROM unreturned)
        AND interactions.kind = 'voice' AND interactions.direction = 'inbound'
        AND interactions.disposition NOT IN ('answered', 'failed', 'blocked')
        AND ($queue IS NULL OR interactions.first_queue = $queue)
        AND (unreturned.last_contact IS NULL OR unreturned.last_contact < interactions.started)
    QUALIFY row_number() OVER (PARTITION BY interactions.customer_number
        ORDER BY interactions.started DESC, interactions.session) = 1
)
SELECT
    missed.customer_number,
    missed.customer_name,
    missed.attempts,
    missed.first_missed,
    missed.started AS last_missed,
    epoch_ms(least($to, $now)) - epoch_ms(missed.first_missed) AS age_ms,
    missed.disposition AS last_disposition,
    missed.voicemail AS last_voicemail,
    missed.company_number,
    queue.name AS queue,
    missed.last_contact,
    missed.session AS last_session
FROM missed
LEFT JOIN people AS queue ON queue.extension = missed.first_queue
    AND queue.valid_from <= missed.started AND missed.started < queue.valid_to
ORDER BY missed.attempts DESC, missed.first_missed, missed.customer_number
