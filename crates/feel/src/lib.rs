//! FEEL: parse, resolve names to slots, evaluate with counted fuel and a reason for every null.
