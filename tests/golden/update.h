// tests/golden/update.h: whether this run rewrites what it would compare (`--update`).
#pragma once

namespace cambium::testing {

bool updating();

}  // namespace cambium::testing
