//! One record: a command with all that it caused, and the header that says who, when and where.
//!
//! The hash chain covers `H(header, H(salt, payload))`: when a payload must be erased, its salted digest takes
//! its place, and the chain still verifies.

use crate::command::{AggregateId, Command};
use crate::event::Event;
use crate::response::Response;
use crate::wire::{self, WireError};
use crate::{Key, Str};
use sha2::{Digest, Sha256};

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// Random bytes that make a payload's digest unguessable.
pub type Salt = [u8; 16];

message! {
    /// What every record carries, from the first version on.
    pub struct Header {
        /// Position in the log.
        1 lsn: u64,
        /// The partition.
        2 partition: u16,
        /// Ownership epoch of the partition.
        3 epoch: u64,
        /// Engine time, milliseconds since 1970.
        4 time: i64,
        /// The tenant.
        5 tenant: Str,
        /// Who asked: a user, a client, a connector, or `engine`.
        6 actor: Str,
        /// The client's `Idempotency-Key`, or none.
        7 request_id: Str,
        /// W3C trace context of the request or of the instance.
        8 traceparent: Str,
        /// The partition whose outbox this command came from, or 0.
        9 source_partition: u16,
        /// Its number there.
        10 source_sequence: u64,
    }
}

message! {
    /// The payload of a record.
    pub struct Payload {
        /// The aggregate that changed.
        1 aggregate: AggregateId,
        /// What was asked.
        2 command: Command,
        /// What happened.
        3 events: Vec<Event>,
        /// What was answered; kept where the client sent an `Idempotency-Key`.
        4 response: Option<Response>,
        /// Seed of the step, so that it can be looked at again.
        5 seed: u64,
    }
}

/// A record as it is in memory.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Record {
    /// Who, when and where.
    pub header: Header,
    /// What; none where it was erased.
    pub payload: Option<Payload>,
}

/// Why bytes are not a record.
pub type RecordError = WireError;

/// A record as it is in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedRecord {
    /// The header's bytes.
    pub header: Vec<u8>,
    /// The payload's bytes with their salt, or the salted digest of an erased payload.
    pub body: Body,
}

/// What stands where the payload stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// The payload.
    Kept {
        /// Makes the digest unguessable; erased with the payload.
        salt: Salt,
        /// The encoded [`Payload`].
        payload: Vec<u8>,
    },
    /// What is left of an erased payload.
    Erased {
        /// `H(salt, payload)`.
        digest: Hash,
    },
}

impl Record {
    /// The record's bytes, with a salt drawn by the caller.
    pub fn encode(&self, salt: Salt) -> Option<EncodedRecord> {
        let payload = self.payload.as_ref()?;
        let body = Body::Kept { salt, payload: wire::to_bytes(payload) };
        Some(EncodedRecord { header: wire::to_bytes(&self.header), body })
    }
}

impl EncodedRecord {
    /// Reads the record.
    pub fn decode(&self) -> Result<Record, RecordError> {
        let payload = match &self.body {
            Body::Kept { payload, .. } => Some(wire::from_bytes(payload)?),
            Body::Erased { .. } => None,
        };
        Ok(Record { header: wire::from_bytes(&self.header)?, payload })
    }

    /// The chain's next link after `previous`.
    pub fn link(&self, previous: &Hash) -> Hash {
        let digest = self.body.digest();
        let mut hash = Sha256::new();
        hash.update(previous);
        hash.update((self.header.len() as u32).to_le_bytes());
        hash.update(&self.header);
        hash.update(digest);
        hash.finalize().into()
    }
}

impl Body {
    /// The salted digest, computed or kept.
    pub fn digest(&self) -> Hash {
        match self {
            Body::Erased { digest } => *digest,
            Body::Kept { salt, payload } => {
                let mut hash = Sha256::new();
                hash.update(salt);
                hash.update(payload);
                hash.finalize().into()
            }
        }
    }
}

impl AggregateId {
    /// The id's bytes as a key of the state store: equal ids have equal bytes.
    pub fn store_key(&self) -> Vec<u8> {
        match self {
            AggregateId::Partition { partition } => {
                let mut key = vec![b'p'];
                key.extend_from_slice(&partition.to_be_bytes());
                key
            }
            AggregateId::Catalog { tenant } => [b"c", tenant.as_bytes()].concat(),
            AggregateId::Instance { key } => {
                let mut bytes = vec![b'i'];
                bytes.extend_from_slice(&key.0.to_be_bytes());
                bytes
            }
            AggregateId::Signal { tenant, name } => {
                let mut bytes = vec![b's'];
                bytes.extend_from_slice(&(tenant.len() as u32).to_be_bytes());
                bytes.extend_from_slice(tenant.as_bytes());
                bytes.extend_from_slice(name.as_bytes());
                bytes
            }
            AggregateId::Message { tenant, name, correlation_key } => {
                let mut bytes = vec![b'm'];
                for part in [tenant, name] {
                    bytes.extend_from_slice(&(part.len() as u32).to_be_bytes());
                    bytes.extend_from_slice(part.as_bytes());
                }
                bytes.extend_from_slice(correlation_key.as_bytes());
                bytes
            }
        }
    }

    /// The partition, of `partitions`, that owns the aggregate. A catalog lives on the first one; messages are
    /// spread by their tenant, name and key.
    pub fn owner(&self, partitions: u16) -> u16 {
        match self {
            AggregateId::Partition { partition } => *partition,
            AggregateId::Catalog { .. } => 1,
            AggregateId::Instance { key } => key.partition(),
            AggregateId::Message { .. } | AggregateId::Signal { .. } => {
                let hash = crc32c::crc32c(&self.store_key());
                1 + (hash % u32::from(partitions.max(1))) as u16
            }
        }
    }
}

/// The aggregate of an instance.
impl From<Key> for AggregateId {
    fn from(key: Key) -> Self {
        AggregateId::Instance { key }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn sample() -> Record {
        let variables = json::split(r#"{"name":"Ada"}"#).unwrap();
        let command = Command::CompleteJob { job: Key(9), variables: variables.clone(), fence: 3 };
        let events = vec![
            Event::JobCompleted { key: Key(9) },
            Event::VariablesSet { scope: Key(2), variables },
            Event::CommandSent {
                sequence: 4,
                target: AggregateId::from(Key(77)),
                command: Box::new(Command::Continue {}),
                chain: crate::event::Chain { hops: 3, starts: 0 },
            },
            Event::InstanceCompleted {},
        ];
        let header =
            Header { lsn: 12, partition: 1, time: -5, tenant: "<default>".into(), ..Header::default() };
        let payload = Payload {
            aggregate: AggregateId::from(Key(2)),
            command,
            events,
            response: Some(Response::Done {}),
            seed: 1,
        };
        Record { header, payload: Some(payload) }
    }

    #[test]
    fn a_record_is_read_back_as_it_was_written() {
        let record = sample();
        assert_eq!(record.encode([7; 16]).unwrap().decode().unwrap(), record);
    }

    #[test]
    fn erasing_a_payload_keeps_the_chain() {
        let kept = sample().encode([7; 16]).unwrap();
        let erased = EncodedRecord { body: Body::Erased { digest: kept.body.digest() }, ..kept.clone() };
        assert_eq!(kept.link(&[1; 32]), erased.link(&[1; 32]));
        assert_eq!(erased.decode().unwrap().payload, None);
        let other = sample().encode([8; 16]).unwrap();
        assert_ne!(kept.link(&[1; 32]), other.link(&[1; 32]));
    }

    #[test]
    fn an_unknown_field_is_refused_unless_it_may_be_skipped() {
        let mut bytes = Vec::new();
        wire::put_nested(1, &mut bytes, |out| wire::put_varint(u64::from(wire::SKIPPABLE_FROM) << 3, out));
        assert!(wire::from_bytes::<Header>(&bytes).is_err(), "the value of the field is missing");
        bytes.clear();
        wire::put_nested(1, &mut bytes, |out| {
            wire::put_varint(u64::from(wire::SKIPPABLE_FROM) << 3, out);
            wire::put_varint(5, out);
        });
        assert_eq!(wire::from_bytes::<Header>(&bytes).unwrap(), Header::default());
        bytes.clear();
        wire::put_nested(1, &mut bytes, |out| {
            wire::put_varint(999 << 3, out);
            wire::put_varint(5, out);
        });
        let error = wire::from_bytes::<Header>(&bytes).unwrap_err();
        assert!(error.to_string().contains("field 999 of Header"), "{error}");
    }

    #[test]
    fn no_bytes_make_the_reader_panic() {
        let good = sample().encode([7; 16]).unwrap();
        let Body::Kept { payload, .. } = &good.body else { panic!("kept") };
        for at in 0..payload.len() {
            for bit in 0..8 {
                let mut bad = payload.clone();
                bad[at] ^= 1 << bit;
                let _ = wire::from_bytes::<Payload>(&bad);
            }
            assert!(wire::from_bytes::<Payload>(&payload[..at]).is_err() || at == 0);
        }
    }
}
