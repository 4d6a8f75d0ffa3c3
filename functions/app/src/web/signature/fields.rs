//! The fields of a form or query, asked of the type that is made from it: it is offered values, and
//! what it takes and wants is noted. So the description cannot say anything else than the code.

use std::cell::RefCell;
use std::fmt::Display;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor,
};
use serde::forward_to_deserialize_any;

/// One field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub value: Value,
    /// Whether nothing happens without it.
    pub required: bool,
}

/// What a field takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Any text.
    Text,
    /// An identifier.
    Uuid,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// One of these.
    Choice(&'static [&'static str]),
    /// A text of a form of its own.
    Formed,
}

const UUID: &str = "01990000-0000-7000-8000-000000000001";

/// What is offered to a field, in this order, until it takes something.
const OFFERS: [&str; 5] = ["", UUID, "1", "true", "a"];

/// The fields of a type.
pub(super) fn fields_of<T: DeserializeOwned>() -> Vec<Field> {
    let asking = Asking::default();
    let _ = T::deserialize(&asking);
    let names = asking.notes.borrow().names;
    let taken: Vec<_> = names.iter().map(|name| taken_by::<T>(name)).collect();
    let fields = names.iter().enumerate().map(|(at, name)| {
        let mut others: Vec<_> = names.iter().copied().zip(taken.iter().map(|(offer, _)| *offer)).collect();
        others.remove(at);
        let without = Asking::offering(others);
        Field {
            name,
            value: taken[at].1.clone(),
            required: matches!(T::deserialize(&without), Err(Refusal::Missing(missing)) if missing == *name),
        }
    });
    fields.collect()
}

/// What a field takes: the first offer that it took, and what that says.
fn taken_by<T: DeserializeOwned>(name: &'static str) -> (&'static str, Value) {
    for offer in OFFERS {
        let asking = Asking::offering(vec![(name, offer)]);
        let answer = T::deserialize(&asking);
        let notes = asking.notes.borrow();
        if let Some(first) = notes.choices.first() {
            return (first, Value::Choice(notes.choices));
        }
        // That others are missing is said after all that is there was taken.
        if matches!(answer, Ok(_) | Err(Refusal::Missing(_))) {
            let value = match offer {
                "" => Value::Text,
                UUID => Value::Uuid,
                "1" => Value::Number,
                "true" => Value::Boolean,
                _ => Value::Formed,
            };
            return (offer, value);
        }
    }
    ("a", Value::Formed)
}

/// Fields with what is offered to them, and what the type let know.
#[derive(Default)]
struct Asking {
    offers: Vec<(&'static str, &'static str)>,
    notes: RefCell<Notes>,
}

#[derive(Default)]
struct Notes {
    names: &'static [&'static str],
    choices: &'static [&'static str],
}

impl Asking {
    fn offering(offers: Vec<(&'static str, &'static str)>) -> Self {
        Self {
            offers,
            notes: RefCell::default(),
        }
    }
}

/// Why a type could not be made.
#[derive(Debug)]
enum Refusal {
    Missing(&'static str),
    Other,
}

impl Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing(name) => write!(f, "{name} is missing"),
            Self::Other => f.write_str("refused"),
        }
    }
}

impl std::error::Error for Refusal {}

impl serde::de::Error for Refusal {
    fn custom<T: Display>(_: T) -> Self {
        Self::Other
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field)
    }
}

impl<'de> Deserializer<'de> for &Asking {
    type Error = Refusal;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.notes.borrow_mut().names = names;
        visitor.visit_map(Offered {
            asking: self,
            at: 0,
        })
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_map(Offered {
            asking: self,
            at: 0,
        })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

struct Offered<'a> {
    asking: &'a Asking,
    at: usize,
}

impl<'de> MapAccess<'de> for Offered<'_> {
    type Error = Refusal;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Refusal> {
        let offer = self.asking.offers.get(self.at);
        offer
            .map(|(name, _)| seed.deserialize(StrDeserializer::new(name)))
            .transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Refusal> {
        let (_, offer) = self.asking.offers[self.at];
        self.at += 1;
        seed.deserialize(Offer {
            text: offer,
            notes: &self.asking.notes,
        })
    }
}

/// One offer: a text, as forms have nothing else.
struct Offer<'a> {
    text: &'static str,
    notes: &'a RefCell<Notes>,
}

macro_rules! number {
    ($($method:ident $visit:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
            visitor.$visit(self.text.parse().map_err(|_| Refusal::Other)?)
        })*
    };
}

impl<'de> Deserializer<'de> for Offer<'_> {
    type Error = Refusal;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_borrowed_str(self.text)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        choices: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.notes.borrow_mut().choices = choices;
        visitor.visit_enum(self.text.into_deserializer())
    }

    number! {
        deserialize_bool visit_bool deserialize_i8 visit_i8 deserialize_i16 visit_i16
        deserialize_i32 visit_i32 deserialize_i64 visit_i64 deserialize_u8 visit_u8
        deserialize_u16 visit_u16 deserialize_u32 visit_u32 deserialize_u64 visit_u64
        deserialize_f32 visit_f32 deserialize_f64 visit_f64
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use uuid::Uuid;

    use super::*;

    #[derive(Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Mood {
        Merry,
        VerySad,
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its fields are asked for")]
    struct Form {
        #[serde(default)]
        body: String,
        must: String,
        of: Uuid,
        answers: Option<Uuid>,
        mood: Mood,
        #[serde(rename = "How-Many")]
        many: Option<u32>,
    }

    #[test]
    fn a_form_is_described_as_it_is_read() {
        let field = |name, value, required| Field {
            name,
            value,
            required,
        };
        let expected = [
            field("body", Value::Text, false),
            field("must", Value::Text, true),
            field("of", Value::Uuid, true),
            field("answers", Value::Uuid, false),
            field("mood", Value::Choice(&["merry", "very-sad"]), true),
            field("How-Many", Value::Number, false),
        ];
        assert_eq!(fields_of::<Form>(), expected);
    }
}
