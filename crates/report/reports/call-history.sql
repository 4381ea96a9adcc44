/*
title = "Call history"
question = "Which calls were there?"

[[parameters]]
name = "number"
type = "phone"
help = "Calls with this number outside"

[[parameters]]
name = "extension"
type = "extension"
help = "Calls that this person made or answered"

[[parameters]]
name = "queue"
type = "queue"
help = "Calls that came to this queue first"

[[parameters]]
name = "direction"
type = "choice"
choices = ["inbound", "outbound"]

[[parameters]]
name = "disposition"
type = "choice"
choices = ["failed", "blocked", "answered", "voicemail", "callback_requested", "abandoned", "declined", "busy", "missed", "unknown"]

[[parameters]]
name = "limit"
type = "integer"
least = 1
default = 1000
help = "How many at most"
*/
WITH newest AS (
    SELECT *
    FROM interactions
    WHERE started >= $from AND started < $to
        AND ($number IS NULL OR customer_number = $number)
        AND ($extension IS NULL OR caller_extension = $extension OR answered_by = $extension)
        AND ($queue IS NULL OR first_queue = $queue)
        AND ($direction IS NULL OR direction = $direction)
        AND ($disposition IS NULL OR disposition = $disposition)
    ORDER BY started DESC, session
    LIMIT $limit
)
SELECT
    newest.started,
    newest.direction,
    newest.disposition,
    newest.caller_number,
    newest.caller_name,
    newest.called_number,
    newest.called_name,
    queue.name AS queue,
    agent.name AS answered_by,
    newest.wait_ms,
    newest.talk_ms,
    newest.duration_ms,
    newest.transfers,
    newest.recorded,
    newest.session
FROM newest
LEFT JOIN people AS queue ON queue.extension = newest.first_queue
    AND queue.valid_from <= newest.started AND newest.started < queue.valid_to
LEFT JOIN people AS agent ON agent.extension = newest.answered_by
    AND agent.valid_from <= newest.started AND newest.started < agent.valid_to
ORDER BY newest.started DESC, newest.session
