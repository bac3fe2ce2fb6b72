// runner/watched_session.h: a session that tells a test about each moment between two changes of
// the database.
#pragma once

#include <functional>
#include <type_traits>

#include "runtime/runner/forwarding_session.h"

namespace cambium::runner {

class WatchedSession final : public ForwardingSession {
public:
  using Point = std::function<void(const char*)>;
  WatchedSession(Session& inner, const Point& point) : ForwardingSession(inner), point_(point) {}

  dialect::DbResult<void> execute(std::string_view statement) override {
    return between("execute", [&] { return inner_.execute(statement); });
  }
  dialect::DbResult<int64_t> update(
      std::string_view sql,
      std::span<const std::pair<std::string_view, dialect::Value>> values) override {
    return between("update", [&] { return inner_.update(sql, values); });
  }
  dialect::DbResult<void> begin() override {
    return between("begin", [&] { return inner_.begin(); });
  }
  dialect::DbResult<void> commit() override {
    return between("commit", [&] { return inner_.commit(); });
  }

private:
  template <class F>
  std::invoke_result_t<F> between(const char* what, F change) {
    if (point_) point_(what);
    auto result = change();
    if (point_) point_(what);
    return result;
  }

  const Point& point_;
};

}  // namespace cambium::runner
