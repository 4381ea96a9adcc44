/*
title = "Voicemail"
question = "Who left a message, and when were they spoken to?"

[[parameters]]
name = "queue"
type = "queue"
help = "Calls that came to this queue first"
*/
WITH messages AS (
    SELECT session, started, customer_number, customer_name, called_name, first_queue, after_hours
    FROM interactions
    WHERE started >= $from AND started < $to
        AND kind = 'voice' AND direction = 'inbound' AND voicemail
        AND ($queue IS NULL OR first_queue = $queue)
), contacts AS (
    SELECT customer_number, started
    FROM interactions
    WHERE started >= $from AND started < $to
        AND kind = 'voice' AND disposition = 'answered'
        AND customer_number IN (SELECT customer_number FROM messages)
), events AS (
    SELECT session, customer_number, started, NULL AS contact FROM messages
    UNION ALL
    SELECT NULL AS session, customer_number, started, started AS contact FROM contacts
), returned AS (
    SELECT
        session,
        min(contact) OVER (PARTITION BY customer_number ORDER BY started, session NULLS LAST
            ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS contact
    FROM events
    WHERE customer_number IS NOT NULL
)
SELECT
    messages.started,
    messages.customer_number,
    messages.customer_name,
    messages.called_name,
    queue.name AS queue,
    messages.after_hours,
    returned.contact AS spoken_to,
    epoch_ms(returned.contact) - epoch_ms(messages.started) AS callback_ms,
    messages.session
FROM messages
LEFT JOIN returned ON returned.session = messages.session
LEFT JOIN people AS queue ON queue.extension = messages.first_queue
    AND queue.valid_from <= messages.started AND messages.started < queue.valid_to
ORDER BY messages.started DESC, messages.session
