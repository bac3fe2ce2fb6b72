// tests/pairs/pair_laws.h: what holds for every pair of versions, and the search for the smallest
// pair for which it does not.
#pragma once

#include <functional>
#include <string>

#include "tests/pairs/pair.h"
#include "tests/support/laws.h"

namespace cambium::testing {

// A case with the sections `rows before` and `rows after`, on a real database: the old version with
// its rows, there and back from each phase that has steps, where the catalog and the rows must be
// those of the start, then through, with rows that are written on the way. In the end the catalog
// is that of the new version built from nothing, and so are the rows when `rows after` is inserted
// there; and they are those of the embedded database. Failures are reported to GoogleTest.
// `watched`: each run is (lock_watch.h).
void checkPair(const GoldenFile&, const CompiledCase&, const dialect::Dialect&, bool watched);

// What fails, "" = nothing; the test that asks does not fail.
std::string failuresOf(const Pair&, const dialect::Dialect&);

// Takes out of the pair whatever it fails without.
Pair shrunk(Pair, const std::function<bool(const Pair&)>& fails);

}  // namespace cambium::testing
