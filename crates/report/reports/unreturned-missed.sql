/*
title = "Unreturned missed calls"
question = "Who called in vain, and has not been spoken to since?"

[[parameters]]
name = "queue"
type = "queue"
help = "Calls that came to this queue first"
*/
WITH contacts AS (
    SELECT customer_number, max(started) AS last_contact
    FROM interactions
    WHERE started >= $from AND started < $to
        AND kind = 'voice' AND disposition = 'answered' AND customer_number IS NOT NULL
    GROUP BY customer_number
), unreturned AS (
    SELECT missed.*, contacts.last_contact
    FROM interactions AS missed
    LEFT JOIN contacts ON contacts.customer_number = missed.customer_number
    WHERE missed.started >= $from AND missed.started < $to
        AND missed.kind = 'voice' AND missed.direction = 'inbound' AND missed.customer_number IS NOT NULL
        AND missed.disposition NOT IN ('answered', 'failed', 'blocked')
        AND ($queue IS NULL OR missed.first_queue = $queue)
        AND (contacts.last_contact IS NULL OR contacts.last_contact < missed.started)
), newest AS (
    SELECT
        customer_number,
        customer_name,
        company_number,
        first_queue,
        disposition,
        voicemail,
        started AS last_missed,
        last_contact,
        session,
        count(*) OVER (PARTITION BY customer_number) AS attempts,
        min(started) OVER (PARTITION BY customer_number) AS first_missed
    FROM unreturned
    QUALIFY row_number() OVER (PARTITION BY customer_number ORDER BY started DESC, session) = 1
)
SELECT
    newest.customer_number,
    newest.customer_name,
    newest.attempts,
    newest.first_missed,
    newest.last_missed,
    epoch_ms(least($to, $now)) - epoch_ms(newest.first_missed) AS age_ms,
    newest.disposition AS last_disposition,
    newest.voicemail AS last_voicemail,
    newest.company_number,
    queue.name AS queue,
    newest.last_contact,
    newest.session AS last_session
FROM newest
LEFT JOIN people AS queue ON queue.extension = newest.first_queue
    AND queue.valid_from <= newest.last_missed AND newest.last_missed < queue.valid_to
ORDER BY newest.attempts DESC, newest.first_missed, newest.customer_number
