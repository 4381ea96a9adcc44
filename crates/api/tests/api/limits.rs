//! The usage plan over HTTP, and its sliding window against a naive model.

use std::time::Duration;

use callbook_api::{Decision, Group, Limit, Plan, SlidingLog};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use reqwest::{Response, StatusCode};

use crate::company::{ADMIN, USER};
use crate::server::{Server, error_code, json, text};

async fn call_log(server: &Server, token: &str) -> Response {
    server.get("/account/~/extension/~/call-log", token).send().await.unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn every_answer_tells_what_is_left() {
    let server = Server::start(Plan::DEFAULT).await;
    let token = server.user_token().await;
    for remaining in (0..10).rev() {
        let response = call_log(&server, &token).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header(&response, "x-rate-limit-group"), Some("heavy"));
        assert_eq!(header(&response, "x-rate-limit-limit"), Some("10"));
        assert_eq!(header(&response, "x-rate-limit-remaining"), Some(&*remaining.to_string()));
        assert_eq!(header(&response, "x-rate-limit-window"), Some("60"));
    }
    let light = server.get("/account/~", &token).send().await.unwrap();
    assert_eq!(header(&light, "x-rate-limit-group"), Some("light"));
    assert_eq!(header(&light, "x-rate-limit-remaining"), Some("49"));
}

#[tokio::test]
async fn a_refused_request_starts_a_penalty_and_every_further_one_restarts_it() {
    let server = Server::start(Plan::DEFAULT).await;
    let token = server.user_token().await;
    for _ in 0..10 {
        call_log(&server, &token).await;
    }
    let refused = call_log(&server, &token).await;
    assert_eq!(header(&refused, "retry-after"), Some("60"));
    assert_eq!(header(&refused, "x-rate-limit-remaining"), Some("0"));
    let (status, body) = json(refused).await;
    assert_eq!((status, error_code(&body)), (StatusCode::TOO_MANY_REQUESTS, "CMN-301"));

    server.ports.clock.advance_s(59);
    assert_eq!(call_log(&server, &token).await.status(), StatusCode::TOO_MANY_REQUESTS);
    server.ports.clock.advance_s(59);
    assert_eq!(call_log(&server, &token).await.status(), StatusCode::TOO_MANY_REQUESTS);
    server.ports.clock.advance_s(60);
    assert_eq!(call_log(&server, &token).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn refusals_count_too_and_users_do_not_share() {
    let server = Server::start("2/60s".parse().unwrap()).await;
    let token = server.user_token().await;
    for expected in [StatusCode::FORBIDDEN, StatusCode::FORBIDDEN, StatusCode::TOO_MANY_REQUESTS] {
        let response = server.get("/account/~/call-log", &token).send().await.unwrap();
        assert_eq!(response.status(), expected);
    }
    let admin = server.access_token(ADMIN).await;
    let other_app = text(&server.login("recordings", USER).await["access_token"]);
    for token in [admin, other_app] {
        assert_eq!(call_log(&server, &token).await.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn token_requests_have_a_group_of_their_own() {
    let server = Server::start(Plan::DEFAULT).await;
    let refresh_token = text(&server.login("app", USER).await["refresh_token"]);
    for _ in 1..5 {
        let response = server.jwt_request("app", USER).send().await.unwrap();
        assert_eq!(header(&response, "x-rate-limit-group"), Some("auth"));
    }
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", &refresh_token)];
    let refused = server.token_request(&refresh).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    // A token that was refused for its rate has not been used up.
    server.ports.clock.advance_s(60);
    let response = server.token_request(&refresh).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_plan_that_is_off_limits_nothing_and_says_nothing() {
    let server = Server::start(Plan::Off).await;
    let token = server.user_token().await;
    for _ in 0..30 {
        let response = call_log(&server, &token).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header(&response, "x-rate-limit-limit"), None);
    }
}

#[test]
fn plans_are_read_and_written() {
    assert_eq!("10/60s".parse(), Ok(Plan::DEFAULT));
    assert_eq!("off".parse(), Ok(Plan::Off));
    let scaled: Plan = "10/1s".parse().unwrap();
    assert_eq!(scaled.to_string(), "10/1s");
    let auth = scaled.limit(Group::Auth).unwrap();
    assert_eq!(
        (auth.requests, auth.window, auth.penalty),
        (5, Duration::from_secs(1), Duration::from_secs(1))
    );
    for bad in ["", "10", "10/60", "0/60s", "10/0s", "-1/60s", "ten/60s"] {
        let error = bad.parse::<Plan>().unwrap_err().to_string();
        assert!(error.contains("10/60s"), "{error}");
    }
}

#[tokio::test]
async fn clients_that_fail_are_counted_and_hinder_nobody_else() {
    let server = Server::start(Plan::DEFAULT).await;
    let url = format!("{}/restapi/oauth/token", server.url);
    let guess = async |app: &str| {
        let request = server.http.post(&url).basic_auth(app, Some("a-guess"));
        request.form(&[("grant_type", "refresh_token")]).send().await.unwrap().status()
    };
    for _ in 0..5 {
        assert_eq!(guess("app").await, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(guess("app").await, StatusCode::TOO_MANY_REQUESTS);
    // Whoever knows the secret signs in all the same.
    assert_eq!(server.jwt_request("app", USER).send().await.unwrap().status(), StatusCode::OK);
    // Names that no app has are not told apart.
    for name in ["a", "b", "c", "d", "e"] {
        assert_eq!(guess(name).await, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(guess("f").await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(guess("narrow").await, StatusCode::UNAUTHORIZED);
}

proptest! {
    /// However requests come, no window holds more allowed ones than the limit; a request is
    /// refused exactly if its window is full or one was refused less than a penalty ago.
    #[test]
    fn the_sliding_window_is_exact(gaps_ms in prop::collection::vec(0_i64..4_000, 1..200), requests in 1_u32..8) {
        let limit = Limit { requests, window: Duration::from_secs(5), penalty: Duration::from_secs(5) };
        let mut log = SlidingLog::default();
        let mut now = Timestamp::UNIX_EPOCH;
        let mut allowed: Vec<Timestamp> = vec![];
        let mut last_refused: Option<Timestamp> = None;
        for gap_ms in gaps_ms {
            now += SignedDuration::from_millis(gap_ms);
            let recent = |instant: Timestamp| now.duration_since(instant) < SignedDuration::from_secs(5);
            let used = allowed.iter().filter(|&&instant| recent(instant)).count();
            let refuse = last_refused.is_some_and(recent) || used >= requests as usize;
            match log.check(&limit, now) {
                Decision::Allowed(quota) => {
                    prop_assert!(!refuse);
                    prop_assert_eq!(quota.remaining as usize, requests as usize - used - 1);
                    allowed.push(now);
                }
                Decision::Refused(quota, retry_after) => {
                    prop_assert!(refuse);
                    prop_assert_eq!((quota.remaining, retry_after), (0, limit.penalty));
                    last_refused = Some(now);
                }
            }
        }
    }

    /// Whatever the limit, no window holds more; and a log does not grow with it.
    #[test]
    fn a_large_limit_takes_little_room(gaps_us in prop::collection::vec(0_i64..4_000, 3_000), requests in 300_u32..900) {
        let window = SignedDuration::from_secs(1);
        let limit = Limit { requests, window: Duration::from_secs(1), penalty: Duration::ZERO };
        let (mut log, mut now) = (SlidingLog::default(), Timestamp::UNIX_EPOCH);
        let mut allowed = std::collections::VecDeque::new();
        for gap_us in gaps_us {
            now += SignedDuration::from_micros(gap_us);
            while allowed.front().is_some_and(|&first| now.duration_since(first) >= window) {
                allowed.pop_front();
            }
            match log.check(&limit, now) {
                Decision::Allowed(_) => allowed.push_back(now),
                // A run leaves the window later than its first request would, by 1/256 of the window at most.
                Decision::Refused(..) => prop_assert!(allowed.len() * 10 >= requests as usize * 9),
            }
            prop_assert!(allowed.len() <= requests as usize);
        }
        prop_assert!(serde_json::to_string(&log).unwrap().len() < 16_000);
    }

    /// What two processes have counted is never less together than what either has, and nothing is counted twice.
    #[test]
    fn logs_are_merged(one in prop::collection::vec(0_i64..4_000, 0..20), other in prop::collection::vec(0_i64..4_000, 0..20)) {
        let limit = Limit { requests: 1_000, window: Duration::from_secs(60), penalty: Duration::ZERO };
        let log = |gaps: &[i64]| {
            let (mut log, mut now) = (SlidingLog::default(), Timestamp::UNIX_EPOCH);
            for gap in gaps {
                now += SignedDuration::from_millis(gap + 1);
                log.check(&limit, now);
            }
            log
        };
        let (mut merged, other) = (log(&one), log(&other));
        merged.merge(&other);
        let again = merged.clone();
        merged.merge(&other);
        prop_assert_eq!(&merged, &again);
        let read: SlidingLog = serde_json::from_str(&serde_json::to_string(&merged).unwrap()).unwrap();
        prop_assert_eq!(&read, &merged);
        prop_assert!(merged.expires(&limit) >= other.expires(&limit));
    }
}
