/*
title = "Numbers"
question = "Which of the company's numbers are called, and how well are they answered?"

[chart]
kind = "bar"
x = "company_number"
y = ["inbound"]
*/
SELECT
    company_number,
    count(*) FILTER (WHERE direction = 'inbound') AS inbound,
    count(*) FILTER (WHERE direction = 'inbound' AND disposition = 'answered') AS answered,
    count(*) FILTER (WHERE direction = 'inbound' AND disposition = 'missed') AS missed,
    count(*) FILTER (WHERE direction = 'inbound' AND disposition = 'voicemail') AS voicemail,
    count(*) FILTER (WHERE direction = 'inbound' AND disposition = 'abandoned') AS abandoned,
    100.0 * count(*) FILTER (WHERE direction = 'inbound' AND disposition = 'answered')
        / nullif(count(*) FILTER (WHERE direction = 'inbound'), 0) AS answer_rate_percent,
    count(*) FILTER (WHERE direction = 'outbound') AS outbound,
    count(DISTINCT customer_number) AS different_customers,
    sum(talk_ms) AS talk_ms
FROM interactions
WHERE started >= $from AND started < $to
    AND kind = 'voice' AND company_number IS NOT NULL
GROUP BY company_number
ORDER BY inbound DESC, outbound DESC, company_number
