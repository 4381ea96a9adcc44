//! Ids, heads of answers, metadata.

use super::*;

#[test]
fn an_id_is_part_of_a_path_and_nothing_else() {
    for text in ["1662000003004", "a-B_9", &"7".repeat(64)] {
        assert_eq!(text.parse::<RecordingId>().unwrap().to_string(), text);
    }
    for text in ["", "..", "a/b", "a%2fb", "a?b", "a#b", "a b", "a\r\nb", "é", &"7".repeat(65)] {
        assert_eq!(text.parse::<RecordingId>(), Err(OddId), "{text}");
    }
}

#[test]
fn ranges_of_content() {
    assert_eq!(content_range("bytes 100-199/2000"), Some((100, Some(2000))));
    assert_eq!(content_range("bytes 100-199/*"), Some((100, None)));
    for odd in [
        "",
        "bytes 1",
        "bytes */2000",
        "100-199/2000",
        "bytes -1/2",
        "bytes 0-/2000",
        "bytes 199-100/2000",
        "bytes 100-2000/2000",
        "bytes 100-199/many",
        "bytes 100-199/-1",
        "bytes 18446744073709551616-18446744073709551617/*",
        "bytes 0-1/18446744073709551616",
        "bytes 0-1, 5-6/10",
    ] {
        assert_eq!(content_range(odd), None, "{odd}");
    }
}

#[test]
fn only_a_strong_tag_is_repeated() {
    for good in [r#""5f-a""#, "5f-a", r#""W/""#] {
        assert_eq!(if_range(good).unwrap(), good);
    }
    for odd in ["", r#"W/"5f""#, "\"a\"\r\nX-Injected: 1", "a\0", "a\tb", "a b", "\"é\"", "\u{7f}"]
    {
        assert_eq!(if_range(odd), None, "{odd:?}");
    }
}

#[test]
fn odd_metadata_is_none() {
    let body = r#"{"id":"1","contentType":"audio/wav","duration":"61","contentUri":7}"#;
    let info = RecordingInfo::parse(body).unwrap();
    assert_eq!(info.duration_ms, Some(61_000));
    assert_eq!(info.content_type.as_deref(), Some("audio/wav"));
    assert_eq!(RecordingInfo::parse("{}").unwrap(), RecordingInfo::default());
    assert!(RecordingInfo::parse("[]").is_err());
}
