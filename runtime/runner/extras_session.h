// runner/extras_session.h: a session that does not see what somebody agreed to leave beside the
// package's tables.
#pragma once

#include <utility>

#include "compiler/catalog/extras.h"
#include "runtime/runner/forwarding_session.h"

namespace cambium::runner {

class ExtrasSession final : public ForwardingSession {
public:
  explicit ExtrasSession(dialect::Session& inner) : ForwardingSession(inner) {}
  void learn(catalog::Extras known) { known_ = std::move(known); }

  dialect::DbResult<catalog::Catalog> introspect() override {
    auto live = inner_.introspect();
    if (live) catalog::leaveOut(*live, known_);
    return live;
  }
  dialect::DbResult<std::optional<std::string>> describe(dialect::ObjectKind kind,
                                                         std::string_view name) override {
    if (kind != dialect::ObjectKind::table || !catalog::concerns(known_, name))
      return inner_.describe(kind, name);
    const auto live = introspect();
    if (!live) return Failure{live.error()};
    return dialect::describeIn(*live, kind, name);
  }

private:
  catalog::Extras known_;
};

}  // namespace cambium::runner
