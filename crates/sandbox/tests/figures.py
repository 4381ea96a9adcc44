"""Figures about calls against the official description: see validate.py."""

AGGREGATION, TIMELINE = "analyticsCallsAggregationFetch", "analyticsCallsTimelineFetch"
TIME = {"timeZone": "Europe/Berlin", "timeRange": {"timeFrom": "2023-12-01T00:00:00Z", "timeTo": "2024-03-31T21:59:59Z"}}
FORMULAS = ("Sum", "Percent", "Average", "Min", "Max")
# Neither is archived.
UNKNOWN = ("IVAs", "UserGroups")


def check_figures(check):
    """A sandbox has none; an archive has all that the description names, or leaves them out."""
    if not check.archive:
        for operation in (AGGREGATION, TIMELINE):
            check.call(operation, 403, query="interval=Day", message={})
        return
    for grouping in names(check, "GroupingOptions"):
        expected = 403 if grouping in UNKNOWN else 200
        for formula in FORMULAS:
            body = request({"groupBy": grouping}, options(check, "Aggregation", lambda name: formula_of(name, formula)))
            check.call(AGGREGATION, expected, message=body)
        body = request({"groupBy": grouping}, options(check, "Timeline", lambda _: True))
        check.call(TIMELINE, expected, query="interval=Month", message=body)
    for members in names(check, "MembersGroupingOptions"):
        expected = 403 if members == "UserGroup" else 200
        check.call(AGGREGATION, expected, query="page=1&perPage=200", message=request({"groupByMembers": members}, {}))
    for interval in names(check, "Interval"):
        body = request({"groupBy": "Company"}, {"counters": {"callsByDirection": True}})
        answer = check.call(TIMELINE, query=f"interval={interval}", message=body)
        if answer and not answer["data"]["records"][0]["points"]:
            check.failures.append(f"{TIMELINE}: no {interval} is told of")
    check.call(TIMELINE, 400, message=request({"groupBy": "Company"}, {}))
    check.call(AGGREGATION, 400, query="perPage=201", message=request({"groupBy": "Company"}, {}))
    check.call(AGGREGATION, 400, message=request({"groupBy": "Weather"}, {}))


def request(grouping, options_):
    return {"grouping": grouping, "timeSettings": TIME, "responseOptions": options_}


def names(check, schema):
    return check.contract.components["schemas"][schema]["enum"]


def formula_of(name, formula):
    if name == "queueOpportunities":
        return {"aggregationType": "Sum"}
    interval = {} if formula in ("Sum", "Percent") else {"aggregationInterval": "Week"}
    return {"aggregationType": formula} | interval


def options(check, kind, option):
    """Everything that can be asked for."""
    schemas = check.contract.components["schemas"]
    of = lambda part: {name: option(name) for name in schemas[f"{kind}ResponseOptions{part}"]["properties"]}
    return {"counters": of("Counters"), "timers": of("Timers")}
