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
    SELECT missed.customer_number, missed.started, contacts.last_contact
    -- The first side of a join is kept in memory.
    FROM contacts
    RIGHT JOIN interactions AS missed ON missed.customer_number = contacts.customer_number
    WHERE missed.started >= $from AND missed.started < $to
        AND missed.kind = 'voice' AND missed.direction = 'inbound' AND missed.customer_number IS NOT NULL
        AND missed.disposition NOT IN ('answered', 'failed', 'blocked')
        AND ($queue IS NULL OR missed.first_queue = $queue)
        AND (contacts.last_contact IS NULL OR contacts.last_contact < missed.started)
), callers AS (
    SELECT
        customer_number,
        max(last_contact) AS last_contact,
        count(*) AS attempts,
        min(started) AS first_missed,
        max(started) AS last_missed
    FROM unreturned
    GROUP BY customer_number
), newest AS (
    SELECT
        callers.*,
        missed.customer_name,
        missed.company_number,
        missed.first_queue,
        missed.disposition,
        missed.voicemail,
        missed.session
    FROM callers
    JOIN interactions AS missed ON missed.customer_number = callers.customer_number
        AND missed.started = callers.last_missed
    -- Most are recent: little has to be read again.
    WHERE missed.started >= (SELECT min(last_missed) FROM callers)
        AND missed.kind = 'voice' AND missed.direction = 'inbound'
        AND missed.disposition NOT IN ('answered', 'failed', 'blocked')
        AND ($queue IS NULL OR missed.first_queue = $queue)
    QUALIFY row_number() OVER (PARTITION BY callers.customer_number ORDER BY missed.session) = 1
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
