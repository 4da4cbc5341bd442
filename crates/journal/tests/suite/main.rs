//! The log under use, faults and damage.

mod damage;
mod faults;
mod files;
mod lifecycle;
mod support;
