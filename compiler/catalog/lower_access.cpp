#include "compiler/catalog/lower_access.h"

#include <algorithm>

namespace cambium::catalog {

namespace {

std::string grantsTo(const ir::Model& model, const std::string& role) {
  const auto count = std::ranges::count_if(model.grants, [&](const ir::Grant& g) {
    return std::ranges::find(g.roles, role) != g.roles.end();
  });
  if (count == 0) return {};
  return count == 1 ? "the grant to it is not enforced either"
                    : "the " + std::to_string(count) + " grants to it are not enforced either";
}

}  // namespace

void warnOfAccess(const ir::Model& model, const Traits& traits, DiagnosticSink& sink) {
  const auto warn = [&](std::string_view kind, const std::string& name, Span span) -> Diagnostic& {
    return sink.add(report<Code::DDL008>(span, traits.displayName, kind, name))
        .help("applications have to see to it; `@allow(DDL008, \"why\")` says that you know");
  };
  if (!traits.accessControl)
    for (const ir::Role& role : model.roles) {
      auto& d = warn("role", role.name, role.span);
      if (auto text = grantsTo(model, role.name); !text.empty()) d.note(std::move(text));
    }
  // A draft has no rows that somebody could see.
  if (!traits.rowPolicies)
    for (const ir::Policy& policy : model.policies) {
      const auto entity = model.findEntity(policy.on);
      if (entity && model[*entity].lifecycle != ir::Lifecycle::draft)
        warn("policy", policy.name, policy.span);
    }
}

}  // namespace cambium::catalog
