use super::{DisplayName, NameError};

fn skeleton(name: &str) -> String {
    let name = DisplayName::parse(name).unwrap_or_else(|e| panic!("{name}: {e}"));
    name.skeleton().to_string()
}

#[test]
fn names_of_people_are_taken() {
    for name in [
        "Ada Lovelace",
        "J. R. R. Tolkien",
        "J.R.R. Tolkien",
        "Sinéad O’Connor",
        "Anne-Marie",
        "李明",
        "Вера Павлова",
        "Αλέξανδρος",
        "محمد علی",
        "Mira Мира",
        "田中さくら",
        "김민준",
        "ශ්\u{200d}රී ලංකා",
        "राम कुमार",
        "Nguyễn Thị Hương",
        "Łukasz Żak",
        "r2_d2",
        "ნინო",
        "Ⴀⴀ",
        "Martin Luther King, Jr.",
    ] {
        assert_eq!(
            DisplayName::parse(name).as_ref().map(DisplayName::as_str),
            Ok(name)
        );
    }
}

#[test]
fn names_are_normalised() {
    for (typed, shown) in [
        ("  Ada \t Lovelace\n", "Ada Lovelace"),
        ("Ａｄａ", "Ada"),
        ("𝐀𝐝𝐚", "Ada"),
        ("Jose\u{301}", "José"),
        ("Ada\u{a0}L", "Ada L"),
    ] {
        assert_eq!(DisplayName::parse(typed).unwrap().as_str(), shown);
    }
}

#[test]
fn what_cannot_be_a_name() {
    use NameError::*;
    let long = "x".repeat(41);
    let very_long = "x".repeat(100_000);
    for (name, error) in [
        ("", NoLetter),
        ("A", TooShort),
        ("42", NoLetter),
        (long.as_str(), TooLong),
        (very_long.as_str(), TooLong),
        ("ada@example.org", Address),
        ("https://example.org", WebAddress),
        ("example.org", WebAddress),
        ("www.example", WebAddress),
        ("Ada\u{202e}", Invisible),
        ("A\u{200b}da", Invisible),
        ("A\u{200d}da", Invisible),
        ("Ada\u{0}", Invisible),
        ("Ada 🎉", Character('🎉')),
        ("<b>Ada", Character('<')),
        ("Ada|", Character('|')),
        ("Ada✓", Character('✓')),
        ("Аda", MixedAlphabets),
        ("Pаypal", MixedAlphabets),
        ("ΑΝΝΑ", MisleadingCapitals),
        (
            "A\u{323}\u{324}\u{325}\u{326}\u{327}\u{329}da",
            TooManyMarks,
        ),
    ] {
        assert_eq!(DisplayName::parse(name), Err(error), "{name:?}");
    }
}

#[test]
fn roles_are_reserved_however_they_are_spelled() {
    for name in [
        "admin",
        "ADMIN",
        "Adm1n",
        "A d m i n",
        "Administrator",
        "Admin2",
        "Moderator",
        "m0derator",
        "Môdérator",
        "Sodium",
        "Sodium Learn",
        "sodiumteam",
        "Anna Moderator",
        "Support",
        "Staff",
        "mentor",
        "Mentor 1",
        "Author",
        "author.",
        "System",
        "𝐌𝐨𝐝𝐞𝐫𝐚𝐭𝐨𝐫",
        "S.t.a.f.f",
        "Ada-Staff",
        "Support2",
        "Тeam",
    ] {
        let error = DisplayName::parse(name).unwrap_err();
        assert!(
            matches!(error, NameError::Reserved | NameError::MixedAlphabets),
            "{name}: {error}"
        );
    }
    for name in [
        "Admira",
        "Authorine Bell",
        "Mentora",
        "Modesta",
        "Teamika",
        "Staffan Berg",
        "Supportia",
        "Team Ada",
    ] {
        assert!(DisplayName::parse(name).is_ok(), "{name}");
    }
}

#[test]
fn names_that_look_alike_have_one_skeleton() {
    for (a, b) in [
        ("Ada Lovelace", "ada lovelace"),
        ("Ada Lovelace", "AdaLovelace"),
        ("Ada Lovelace", "Ada-Lovelace."),
        ("Jose", "José"),
        ("Ian Hill", "lan HilI"),
        ("Bob0", "BobO"),
        ("Marn", "Mam"),
        ("Вера", "Bepa"),
        ("Сара", "Capa"),
        ("Strauß", "STRAUSS"),
        ("Οδυσσεύς", "ΟΔΥΣΣΕΥΣ"),
        ("ТОМ", "TOM"),
        ("Łukasz", "Lukasz"),
    ] {
        assert_eq!(skeleton(a), skeleton(b), "{a} {b}");
    }
}

#[test]
fn names_that_differ_keep_apart() {
    for (a, b) in [
        ("Anna", "Hanna"),
        ("Nina", "Vina"),
        ("राम", "रमा"),
        ("Андрей", "Сергей"),
        ("李明", "李鸣"),
    ] {
        assert_ne!(skeleton(a), skeleton(b));
    }
}
