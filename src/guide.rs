//! The workshop: its steps, their proofs, hints and warnings.
