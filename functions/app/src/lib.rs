//! Routes, store, mail and baking.
