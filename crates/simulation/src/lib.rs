//! A synthetic port.
