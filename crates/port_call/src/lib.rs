//! port_call
