use super::{EmailAddress, EmailError};

#[test]
fn addresses_of_people_are_taken() {
    for (typed, address) in [
        ("ada@example.org", "ada@example.org"),
        (" Ada.L+learn@Example.ORG\r\n", "Ada.L+learn@example.org"),
        ("o'neil@mail.example.co.uk", "o'neil@mail.example.co.uk"),
        ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
    ] {
        assert_eq!(EmailAddress::parse(typed).unwrap().as_str(), address);
    }
}

#[test]
fn what_is_no_address() {
    use EmailError::{Domain, Empty, Local, NotAscii, NotOneAt, TooLong};
    let long_local = format!("{}@example.org", "a".repeat(65));
    let long = format!("a@{}.org", "a.".repeat(126));
    let long_label = format!("a@{}.org", "b".repeat(64));
    for (typed, error) in [
        ("", Empty),
        (" \n", Empty),
        ("ada", NotOneAt),
        ("a@b@example.org", NotOneAt),
        ("@example.org", Local),
        (long_local.as_str(), TooLong),
        (long.as_str(), TooLong),
        (long_label.as_str(), Domain),
        (".a@example.org", Local),
        ("a.@example.org", Local),
        ("a..b@example.org", Local),
        ("a b@example.org", Local),
        ("\"a b\"@example.org", Local),
        ("Ada <ada@example.org>", Local),
        ("a,b@example.org", Local),
        ("a;b@example.org", Local),
        ("a@example.org,b@example.org", NotOneAt),
        ("a@example.org;x", Domain),
        ("a\nBcc:b@example.org", Local),
        ("a@example.org\r\nBcc: b", Domain),
        ("a\0@example.org", Local),
        ("a%b@example.org", Local),
        ("a!b@example.org", Local),
        ("a@example", Domain),
        ("a@example.org.", Domain),
        ("a@-example.org", Domain),
        ("a@example-.org", Domain),
        ("a@.org", Domain),
        ("a@192.0.2.1", Domain),
        ("a@[192.0.2.1]", Domain),
        ("a@exam_ple.org", Domain),
        ("a@example.o", Domain),
        ("ä@example.org", NotAscii),
        ("a@bücher.example", NotAscii),
        ("a@example.org\u{202e}", NotAscii),
    ] {
        assert_eq!(EmailAddress::parse(typed), Err(error), "{typed:?}");
    }
}

#[test]
fn an_address_does_not_leak() {
    let address = EmailAddress::parse("Ada@example.org").unwrap();
    assert_eq!(format!("{address:?}"), "EmailAddress(redacted)");
    assert_eq!(address.masked(), "A•••@example.org");
    assert_eq!(address.canonical(), "ada@example.org");
    assert_eq!(
        EmailAddress::parse("a@example.org").unwrap().masked(),
        "•••@example.org"
    );
}
