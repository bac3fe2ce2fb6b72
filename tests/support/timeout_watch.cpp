#include "tests/support/timeout_watch.h"

#include <fmt/core.h>

#include <cstdlib>

namespace cambium::testing {
namespace {

constexpr size_t kShown = 5;
constexpr double kSecond = 1000;

}  // namespace

void TimeoutWatch::look(std::string_view before) {
  const std::string& dialect = inner_.server().dialect;
  const bool postgres = dialect == "postgres", sqlite = dialect == "sqlite";
  const auto asked = inner_.query(
      postgres ? "SELECT extract(epoch FROM current_setting('lock_timeout')::interval) * 1000"
      : sqlite ? "PRAGMA busy_timeout"
               : "SELECT @@SESSION.lock_wait_timeout, @@SESSION.innodb_lock_wait_timeout",
      {});
  // A transaction that has failed says nothing more, nor does a connection that is gone: what is
  // sent then is the end of it.
  if (!asked) return;
  ++looks_;
  // Whole seconds alone on some.
  const double longest =
      postgres || sqlite ? lockTimeoutMs_ : ((lockTimeoutMs_ + 999) / 1000) * kSecond;
  for (const auto& value : asked->front()) {
    const double ms = std::atof(value.value_or("0").c_str()) * (postgres || sqlite ? 1 : kSecond);
    if (ms > 0 && ms <= longest) continue;
    if (found_.size() < kShown)
      found_.push_back(fmt::format(
          "waits {} ms for a lock (0 = without an end), {} are allowed: {}", ms, longest, before));
    return;
  }
}

}  // namespace cambium::testing
