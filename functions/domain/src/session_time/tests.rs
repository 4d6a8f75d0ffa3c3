use super::{SessionTime, SessionTimeError};

fn time(starts: &str, zone: &str) -> SessionTime {
    SessionTime::parse(starts, zone, 60).unwrap()
}

#[test]
fn a_session_is_at_one_instant_for_everybody() {
    let berlin = time("2027-03-04T18:00", "Europe/Berlin");
    assert_eq!(berlin.instant().to_string(), "2027-03-04T17:00:00Z");
    assert_eq!(berlin.end().to_string(), "2027-03-04T18:00:00Z");
}

#[test]
fn zones_are_named_officially() {
    assert_eq!(
        time("2027-01-01T00:00", "asia/kolkata").zone(),
        "Asia/Kolkata"
    );
}

#[test]
fn a_time_that_the_clocks_jump_over_is_refused() {
    let error = SessionTime::parse("2027-03-28T02:30", "Europe/Berlin", 60).unwrap_err();
    insta::assert_snapshot!(error, @"2027-03-28T02:30 does not exist in Europe/Berlin: the clocks go forward then. Choose a time an hour earlier or later.");
}

#[test]
fn a_time_that_comes_twice_is_the_first() {
    let first = time("2027-10-31T02:30", "Europe/Berlin");
    assert_eq!(first.instant().to_string(), "2027-10-31T00:30:00Z");
}

#[test]
fn a_session_over_the_change_of_clocks_keeps_its_length() {
    let night = time("2027-03-28T01:30", "Europe/Berlin");
    assert_eq!(night.end().duration_since(night.instant()).as_mins(), 60);
}

#[test]
fn what_is_no_time() {
    use SessionTimeError::{Minutes, Starts, Zone};
    for starts in [
        "",
        "2027-03-04",
        "2027-03-04 18:00",
        "2027-3-4T18:0",
        "2027-02-30T18:00",
        "2027-03-04T24:00",
        "2027-03-04T18:00Z",
        "2027-03-04T18:00:00",
        "9999-12-31T23:59",
        " 2027-03-04T18:00",
        "-2027-03-04T18:00",
    ] {
        assert_eq!(
            SessionTime::parse(starts, "Etc/UTC", 60),
            Err(Starts(starts.to_owned()))
        );
    }
    for zone in [
        "",
        "Berlin",
        "CET-1CEST",
        "+02:00",
        "Europe/../Berlin",
        "/etc/localtime",
    ] {
        assert_eq!(
            SessionTime::parse("2027-03-04T18:00", zone, 60),
            Err(Zone(zone.to_owned()))
        );
    }
    for minutes in [0, 1441] {
        assert_eq!(
            SessionTime::parse("2027-03-04T18:00", "Etc/UTC", minutes),
            Err(Minutes(minutes))
        );
    }
}
