// runner/watched_session.h: a session that tells a test about each moment between two changes of
// the database.
#pragma once

#include <functional>
#include <string>
#include <type_traits>
#include <vector>

#include "compiler/dialect/session.h"

namespace cambium::runner {

class WatchedSession final : public dialect::Session {
public:
  using Point = std::function<void(const char*)>;
  WatchedSession(Session& inner, const Point& point) : inner_(inner), point_(point) {}

  const dialect::ServerInfo& server() const override { return inner_.server(); }
  dialect::DbResult<void> execute(std::string_view statement) override {
    return between("execute", [&] { return inner_.execute(statement); });
  }
  dialect::DbResult<std::vector<dialect::Row>> query(
      std::string_view sql,
      std::span<const std::pair<std::string_view, dialect::Value>> values) override {
    return inner_.query(sql, values);
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
  dialect::DbResult<void> rollback() override { return inner_.rollback(); }
  bool inTransaction() const override { return inner_.inTransaction(); }
  dialect::DbResult<catalog::Catalog> introspect() override { return inner_.introspect(); }
  dialect::DbResult<std::optional<std::string>> describe(dialect::ObjectKind kind,
                                                         std::string_view name) override {
    return inner_.describe(kind, name);
  }
  std::vector<std::string> refuseChanges(std::string_view table) const override {
    return inner_.refuseChanges(table);
  }
  std::string_view documentType() const override { return inner_.documentType(); }
  dialect::DbResult<std::string> now() override { return inner_.now(); }
  void interrupt() override { inner_.interrupt(); }

private:
  template <class F>
  std::invoke_result_t<F> between(const char* what, F change) {
    if (point_) point_(what);
    auto result = change();
    if (point_) point_(what);
    return result;
  }

  Session& inner_;
  const Point& point_;
};

}  // namespace cambium::runner
