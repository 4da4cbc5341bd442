//! The encoding of records: protobuf wire format, written and read by macros from one declaration per message.
//!
//! Evolution rule: a field's number never changes its meaning. A reader that meets an unknown field below
//! [`SKIPPABLE_FROM`] refuses the record, because it would lose meaning; numbers from there on may be skipped.

use crate::Str;

/// Fields with this number or a higher one may be unknown to a reader and are then skipped.
pub const SKIPPABLE_FROM: u32 = 1000;

/// Nesting that a reader accepts.
pub const MAX_DEPTH: u32 = 64;

/// Why bytes are not a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// The input ended inside a value.
    #[error("the record ends inside a value")]
    Truncated,
    /// A field that this version does not know and must not ignore.
    #[error("field {tag} of {message} was written by a newer version of Dirigent: upgrade this server")]
    UnknownField {
        /// The message's name.
        message: &'static str,
        /// The field's number.
        tag: u32,
    },
    /// A known field with a value that cannot be.
    #[error("a value of {message} is not valid: {why}")]
    Invalid {
        /// The message's or type's name.
        message: &'static str,
        /// What is wrong.
        why: &'static str,
    },
}

/// Reads a message from bytes.
pub struct Reader<'a> {
    input: &'a [u8],
    depth: u32,
}

impl<'a> Reader<'a> {
    /// A reader over `input`.
    pub fn new(input: &'a [u8]) -> Self {
        Reader { input, depth: 0 }
    }

    /// True when everything is read.
    pub fn is_empty(&self) -> bool {
        self.input.is_empty()
    }

    /// A base-128 number.
    pub fn varint(&mut self) -> Result<u64, WireError> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.input.split_first().ok_or(WireError::Truncated)?;
            self.input = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(WireError::Invalid { message: "varint", why: "longer than ten bytes" })
    }

    /// Bytes with their length in front.
    pub fn bytes(&mut self) -> Result<&'a [u8], WireError> {
        let length = self.varint()? as usize;
        if length > self.input.len() {
            return Err(WireError::Truncated);
        }
        let (taken, rest) = self.input.split_at(length);
        self.input = rest;
        Ok(taken)
    }

    /// The next field's number and wire type.
    pub fn tag(&mut self) -> Result<(u32, u8), WireError> {
        let tag = self.varint()?;
        Ok(((tag >> 3) as u32, (tag & 7) as u8))
    }

    /// A reader over the next length-delimited value.
    pub fn nested(&mut self) -> Result<Reader<'a>, WireError> {
        if self.depth >= MAX_DEPTH {
            return Err(WireError::Invalid { message: "record", why: "nested too deeply" });
        }
        let depth = self.depth + 1;
        Ok(Reader { input: self.bytes()?, depth })
    }

    /// Skips a field that may be unknown, refuses one that may not.
    pub fn unknown(&mut self, message: &'static str, tag: u32, wire_type: u8) -> Result<(), WireError> {
        if tag < SKIPPABLE_FROM {
            return Err(WireError::UnknownField { message, tag });
        }
        match wire_type {
            0 => self.varint().map(drop),
            2 => self.bytes().map(drop),
            _ => Err(WireError::Invalid { message, why: "wire type" }),
        }
    }
}

/// Writes a base-128 number.
pub fn put_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Writes a length-delimited field whose content `body` writes.
pub fn put_nested(tag: u32, out: &mut Vec<u8>, body: impl FnOnce(&mut Vec<u8>)) {
    put_varint(u64::from(tag) << 3 | 2, out);
    put_delimited(out, body);
}

/// Writes what `body` writes with its length in front. The length mostly fits one byte, so one is set aside.
pub fn put_delimited(out: &mut Vec<u8>, body: impl FnOnce(&mut Vec<u8>)) {
    let at = out.len();
    out.push(0);
    body(out);
    let length = out.len() - at - 1;
    if length < 0x80 {
        out[at] = length as u8;
        return;
    }
    let mut prefix = Vec::with_capacity(5);
    put_varint(length as u64, &mut prefix);
    out.splice(at..=at, prefix);
}

/// A type that can be a field of a message.
pub trait Field: Sized {
    /// The value of a field that is not there.
    fn absent() -> Self;
    /// Writes the field, or nothing where the value equals the absent one.
    fn put(&self, tag: u32, out: &mut Vec<u8>);
    /// Reads one occurrence of the field.
    fn merge(&mut self, wire_type: u8, reader: &mut Reader<'_>) -> Result<(), WireError>;
}

fn expect(message: &'static str, actual: u8, expected: u8) -> Result<(), WireError> {
    if actual == expected { Ok(()) } else { Err(WireError::Invalid { message, why: "wire type" }) }
}

macro_rules! varint_field {
    ($($t:ty: $to:expr, $from:expr);* $(;)?) => { $(
        impl Field for $t {
            fn absent() -> Self { <$t>::default() }
            fn put(&self, tag: u32, out: &mut Vec<u8>) {
                if *self != <$t>::default() {
                    put_varint(u64::from(tag) << 3, out);
                    put_varint($to(*self), out);
                }
            }
            fn merge(&mut self, wire_type: u8, reader: &mut Reader<'_>) -> Result<(), WireError> {
                expect(stringify!($t), wire_type, 0)?;
                *self = $from(reader.varint()?);
                Ok(())
            }
        }
    )* };
}

varint_field! {
    bool: u64::from, |v| v != 0;
    u8: u64::from, |v| v as u8;
    u16: u64::from, |v| v as u16;
    u32: u64::from, |v| v as u32;
    u64: |v| v, |v| v;
    i32: |v: i32| zigzag(i64::from(v)), |v| unzigzag(v) as i32;
    i64: zigzag, unzigzag;
}

fn zigzag(value: i64) -> u64 {
    (value << 1 ^ value >> 63) as u64
}

fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

impl Field for Str {
    fn absent() -> Self {
        Str::from("")
    }
    fn put(&self, tag: u32, out: &mut Vec<u8>) {
        if !self.is_empty() {
            put_varint(u64::from(tag) << 3 | 2, out);
            put_varint(self.len() as u64, out);
            out.extend_from_slice(self.as_bytes());
        }
    }
    fn merge(&mut self, wire_type: u8, reader: &mut Reader<'_>) -> Result<(), WireError> {
        expect("text", wire_type, 2)?;
        let text = std::str::from_utf8(reader.bytes()?)
            .map_err(|_| WireError::Invalid { message: "text", why: "not UTF-8" })?;
        *self = Str::from(text);
        Ok(())
    }
}

/// Bytes as they are, such as a deployed file.
#[derive(Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Bytes(pub std::sync::Arc<[u8]>);

impl std::fmt::Debug for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bytes({})", self.0.len())
    }
}

impl Field for Bytes {
    fn absent() -> Self {
        Bytes::default()
    }
    fn put(&self, tag: u32, out: &mut Vec<u8>) {
        if !self.0.is_empty() {
            put_varint(u64::from(tag) << 3 | 2, out);
            put_varint(self.0.len() as u64, out);
            out.extend_from_slice(&self.0);
        }
    }
    fn merge(&mut self, wire_type: u8, reader: &mut Reader<'_>) -> Result<(), WireError> {
        expect("bytes", wire_type, 2)?;
        *self = Bytes(reader.bytes()?.into());
        Ok(())
    }
}

/// An optional field is wrapped, so that "present and zero" differs from "absent".
impl<T: Field> Field for Option<T> {
    fn absent() -> Self {
        None
    }
    fn put(&self, tag: u32, out: &mut Vec<u8>) {
        if let Some(value) = self {
            put_nested(tag, out, |out| value.put(1, out));
        }
    }
    fn merge(&mut self, wire_type: u8, reader: &mut Reader<'_>) -> Result<(), WireError> {
        expect("option", wire_type, 2)?;
        *self = Some(read_single(&mut reader.nested()?, "option")?);
        Ok(())
    }
}

/// Every item is a field of its own, wrapped for the same reason.
impl<T: Field> Field for Vec<T> {
    fn absent() -> Self {
        Vec::new()
    }
    fn put(&self, tag: u32, out: &mut Vec<u8>) {
        for item in self {
            put_nested(tag, out, |out| item.put(1, out));
        }
    }
    fn merge(&mut self, wire_type: u8, reader: &mut Reader<'_>) -> Result<(), WireError> {
        expect("list", wire_type, 2)?;
        self.push(read_single(&mut reader.nested()?, "list")?);
        Ok(())
    }
}

fn read_single<T: Field>(reader: &mut Reader<'_>, message: &'static str) -> Result<T, WireError> {
    let mut value = T::absent();
    while !reader.is_empty() {
        match reader.tag()? {
            (1, wire_type) => value.merge(wire_type, reader)?,
            (tag, wire_type) => reader.unknown(message, tag, wire_type)?,
        }
    }
    Ok(value)
}

impl<T: Field> Field for Box<T> {
    fn absent() -> Self {
        Box::new(T::absent())
    }
    fn put(&self, tag: u32, out: &mut Vec<u8>) {
        (**self).put(tag, out);
    }
    fn merge(&mut self, wire_type: u8, reader: &mut Reader<'_>) -> Result<(), WireError> {
        (**self).merge(wire_type, reader)
    }
}

impl<A: Field, B: Field> Field for (A, B) {
    fn absent() -> Self {
        (A::absent(), B::absent())
    }
    fn put(&self, tag: u32, out: &mut Vec<u8>) {
        put_nested(tag, out, |out| {
            self.0.put(1, out);
            self.1.put(2, out);
        });
    }
    fn merge(&mut self, wire_type: u8, reader: &mut Reader<'_>) -> Result<(), WireError> {
        expect("pair", wire_type, 2)?;
        let mut inner = reader.nested()?;
        while !inner.is_empty() {
            match inner.tag()? {
                (1, wire_type) => self.0.merge(wire_type, &mut inner)?,
                (2, wire_type) => self.1.merge(wire_type, &mut inner)?,
                (tag, wire_type) => inner.unknown("pair", tag, wire_type)?,
            }
        }
        Ok(())
    }
}

/// A value as bytes of its own.
pub fn to_bytes<T: Field>(value: &T) -> Vec<u8> {
    let mut out = Vec::new();
    value.put(1, &mut out);
    out
}

/// The inverse of [`to_bytes`].
pub fn from_bytes<T: Field>(bytes: &[u8]) -> Result<T, WireError> {
    read_single(&mut Reader::new(bytes), "value")
}

/// Declares a message: `message! { /// doc pub struct Name { /// doc 1 field: Type, } }`.
#[macro_export]
macro_rules! message {
    ($(#[$meta:meta])* pub struct $name:ident { $( $(#[$fmeta:meta])* $tag:literal $field:ident : $ty:ty ),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name { $( $(#[$fmeta])* pub $field: $ty, )* }

        impl Default for $name {
            fn default() -> Self { $name { $( $field: <$ty as $crate::wire::Field>::absent(), )* } }
        }

        impl $crate::wire::Field for $name {
            fn absent() -> Self { Self::default() }
            fn put(&self, tag: u32, out: &mut Vec<u8>) {
                $crate::wire::put_nested(tag, out, |_out| { $( $crate::wire::Field::put(&self.$field, $tag, _out); )* });
            }
            fn merge(&mut self, _wire_type: u8, reader: &mut $crate::wire::Reader<'_>) -> Result<(), $crate::wire::WireError> {
                let mut inner = reader.nested()?;
                while !inner.is_empty() {
                    let (tag, wire_type) = inner.tag()?;
                    match tag {
                        $( $tag => $crate::wire::Field::merge(&mut self.$field, wire_type, &mut inner)?, )*
                        _ => inner.unknown(stringify!($name), tag, wire_type)?,
                    }
                }
                Ok(())
            }
        }
    };
}

/// Declares an enum of messages, each variant with its number and its numbered fields.
#[macro_export]
macro_rules! choice {
    ($(#[$meta:meta])* pub enum $name:ident {
        $( $(#[$vmeta:meta])* $vtag:literal $variant:ident { $( $(#[$fmeta:meta])* $tag:literal $field:ident : $ty:ty ),* $(,)? } ),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize)]
        #[serde(rename_all_fields = "camelCase")]
        pub enum $name { $( $(#[$vmeta])* $variant { $( $(#[$fmeta])* $field: $ty, )* }, )* }

        impl $name {
            /// The variant's name, as shown to people.
            pub fn name(&self) -> &'static str {
                match self { $( $name::$variant { .. } => stringify!($variant), )* }
            }

            #[allow(unused_mut)]
            fn read_variant(tag: u32, wire_type: u8, reader: &mut $crate::wire::Reader<'_>) -> Result<Option<Self>, $crate::wire::WireError> {
                match tag {
                    $( $vtag => {
                        let mut inner = reader.nested()?;
                        $( let mut $field = <$ty as $crate::wire::Field>::absent(); )*
                        while !inner.is_empty() {
                            let (tag, wire_type) = inner.tag()?;
                            match tag {
                                $( $tag => $crate::wire::Field::merge(&mut $field, wire_type, &mut inner)?, )*
                                _ => inner.unknown(concat!(stringify!($name), "::", stringify!($variant)), tag, wire_type)?,
                            }
                        }
                        Ok(Some($name::$variant { $( $field, )* }))
                    } )*
                    _ => reader.unknown(stringify!($name), tag, wire_type).map(|()| None),
                }
            }
        }

        impl $crate::wire::Field for $name {
            #[allow(unreachable_code)]
            fn absent() -> Self {
                $( return $name::$variant { $( $field: <$ty as $crate::wire::Field>::absent(), )* }; )*
            }
            fn put(&self, tag: u32, out: &mut Vec<u8>) {
                $crate::wire::put_nested(tag, out, |out| match self {
                    $( $name::$variant { $( $field, )* } => $crate::wire::put_nested($vtag, out, |_out| {
                        $( $crate::wire::Field::put($field, $tag, _out); )*
                    }), )*
                });
            }
            fn merge(&mut self, _wire_type: u8, reader: &mut $crate::wire::Reader<'_>) -> Result<(), $crate::wire::WireError> {
                let mut inner = reader.nested()?;
                let mut seen = false;
                while !inner.is_empty() {
                    let (tag, wire_type) = inner.tag()?;
                    if let Some(value) = Self::read_variant(tag, wire_type, &mut inner)? {
                        *self = value;
                        seen = true;
                    }
                }
                if seen { Ok(()) } else {
                    Err($crate::wire::WireError::Invalid { message: stringify!($name), why: "no variant" })
                }
            }
        }
    };
}

/// Declares an enum of plain names: number, variant, and the name in the API.
#[macro_export]
macro_rules! names {
    ($(#[$meta:meta])* pub enum $name:ident { $( $(#[$vmeta:meta])* $number:literal $variant:ident = $text:literal ),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $( $(#[$vmeta])* $variant = $number, )* }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$( $name::$variant ),*];
            /// The name in the API.
            pub fn as_str(self) -> &'static str {
                match self { $( $name::$variant => $text, )* }
            }
            /// The variant with this API name, case-insensitively.
            pub fn parse(text: &str) -> Option<Self> {
                $( if text.eq_ignore_ascii_case($text) { return Some($name::$variant); } )*
                None
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl $crate::wire::Field for $name {
            #[allow(unreachable_code)]
            fn absent() -> Self { $( return $name::$variant; )* }
            fn put(&self, tag: u32, out: &mut Vec<u8>) {
                (*self as u32).put(tag, out);
            }
            fn merge(&mut self, wire_type: u8, reader: &mut $crate::wire::Reader<'_>) -> Result<(), $crate::wire::WireError> {
                let mut number = 0u32;
                number.merge(wire_type, reader)?;
                *self = match number {
                    $( $number => $name::$variant, )*
                    _ => return Err($crate::wire::WireError::Invalid { message: stringify!($name), why: "unknown name" }),
                };
                Ok(())
            }
        }
    };
}
