// tests/support/timeout_watch.h: stands between a run and a database and asks the server, before
// each statement, how long this session would wait for a lock at this moment.
#pragma once

#include <string>
#include <vector>

#include "runtime/runner/forwarding_session.h"

namespace cambium::testing {

// No statement is sent by a session that would wait without an end, or longer than it was opened
// to. (What keeps nobody waiting, a session lets wait longer by itself: Session::waitAtMost.)
class TimeoutWatch : public runner::ForwardingSession {
public:
  // `lockTimeoutMs`: what the session was opened with.
  explicit TimeoutWatch(dialect::Session& inner, unsigned lockTimeoutMs = 2000)
      : ForwardingSession(inner), lockTimeoutMs_(lockTimeoutMs) {}

  dialect::DbResult<void> execute(std::string_view statement) override {
    look(statement);
    return inner_.execute(statement);
  }
  dialect::DbResult<std::vector<dialect::Row>> query(
      std::string_view sql,
      std::span<const std::pair<std::string_view, dialect::Value>> values) override {
    look(sql);
    return inner_.query(sql, values);
  }
  dialect::DbResult<int64_t> update(
      std::string_view sql,
      std::span<const std::pair<std::string_view, dialect::Value>> values) override {
    look(sql);
    return inner_.update(sql, values);
  }
  dialect::DbResult<void> begin() override {
    look("begin");
    return inner_.begin();
  }
  dialect::DbResult<void> commit() override {
    look("commit");
    return inner_.commit();
  }
  dialect::DbResult<catalog::Catalog> introspect() override {
    look("introspect");
    return inner_.introspect();
  }
  dialect::DbResult<std::optional<std::string>> describe(dialect::ObjectKind kind,
                                                         std::string_view name) override {
    look("describe");
    return inner_.describe(kind, name);
  }

  // What was sent and might have waited too long, the first few, each in words.
  const std::vector<std::string>& found() const { return found_; }
  unsigned looks() const { return looks_; }

private:
  void look(std::string_view before);

  unsigned lockTimeoutMs_;
  unsigned looks_ = 0;
  std::vector<std::string> found_;
};

}  // namespace cambium::testing
