// runner/forwarding_session.h: a session that does all that another one does. What stands between
// the two overrides what it is about.
#pragma once

#include <string>
#include <vector>

#include "compiler/dialect/session.h"

namespace cambium::runner {

class ForwardingSession : public dialect::Session {
public:
  explicit ForwardingSession(dialect::Session& inner) : inner_(inner) {}

  const dialect::ServerInfo& server() const override { return inner_.server(); }
  dialect::DbResult<void> execute(std::string_view statement) override {
    return inner_.execute(statement);
  }
  dialect::DbResult<std::vector<dialect::Row>> query(
      std::string_view sql,
      std::span<const std::pair<std::string_view, dialect::Value>> values) override {
    return inner_.query(sql, values);
  }
  dialect::DbResult<int64_t> update(
      std::string_view sql,
      std::span<const std::pair<std::string_view, dialect::Value>> values) override {
    return inner_.update(sql, values);
  }
  dialect::DbResult<void> begin() override { return inner_.begin(); }
  dialect::DbResult<void> commit() override { return inner_.commit(); }
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
  dialect::DbResult<std::string> obstacle(std::span<const dialect::Emitted* const> steps) override {
    return inner_.obstacle(steps);
  }
  dialect::DbResult<std::vector<std::string>> others() override { return inner_.others(); }
  dialect::DbResult<dialect::Surroundings> surroundings(
      std::span<const std::string> tables) override {
    return inner_.surroundings(tables);
  }
  dialect::DbResult<dialect::Load> load() override { return inner_.load(); }
  bool waitsForOthers() const override { return inner_.waitsForOthers(); }
  dialect::DbResult<void> waitAtMost(unsigned ms) override { return inner_.waitAtMost(ms); }
  std::string_view documentType() const override { return inner_.documentType(); }
  dialect::DbResult<std::string> now() override { return inner_.now(); }
  dialect::DbResult<void> removeAll(bool itself) override { return inner_.removeAll(itself); }
  void interrupt() override { inner_.interrupt(); }
  dialect::DbResult<RunLock> lockRun() override { return inner_.lockRun(); }
  void unlockRun() override { inner_.unlockRun(); }

protected:
  dialect::Session& inner_;
};

}  // namespace cambium::runner
