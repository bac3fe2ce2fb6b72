// Two models, as text, and the plan from one to the other on the dialect that is there.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "compiler/dialect/dialect.h"
#include "compiler/diff/diff.h"
#include "compiler/plan/plan.h"
#include "compiler/plan/prove.h"
#include "compiler/sema/analyze.h"
#include "compiler/syntax/parse.h"
#include "plugins/builtin_dialects.h"

namespace cambium::testing {

struct Planned {
  std::shared_ptr<const ir::Model> from, to;
  plan::Plan plan;
  std::string codes;  // of the errors, in order
  std::unique_ptr<dialect::Dialects> dialects =
      std::make_unique<dialect::Dialects>(dialect::builtinDialects());
  const catalog::Traits& traits() const { return dialects->find("sqlite")->traits(); }

  const plan::Step* step(plan::ElementKind kind, plan::Phase phase) const {
    for (const auto& s : plan.steps) {
      if (s.kind == kind && s.phase == phase) return &s;
    }
    return nullptr;
  }
  // How many operations of a kind there are.
  template <class T>
  size_t count(std::optional<plan::Phase> phase = {}) const {
    size_t n = 0;
    for (const auto& s : plan.steps) {
      if (phase && s.phase != *phase) continue;
      for (const auto& op : s.operations) n += std::holds_alternative<T>(op);
    }
    return n;
  }
};

inline Planned planned(const std::string& before, const std::string& after) {
  Planned out;
  SourceMap sources;
  DiagnosticSink sink;
  const auto add = [&](const char* file, const char* version, const std::string& text) {
    return sources.add(file, fmt::format("package test version \"{}\"\n{}", version, text));
  };
  const FileId a = add("before.cam", "1.0.0", before), b = add("after.cam", "1.1.0", after);
  const auto treeA = syntax::parse(sources, a, sink), treeB = syntax::parse(sources, b, sink);
  const syntax::SyntaxTree *listA[] = {&treeA}, *listB[] = {&treeB};
  out.from = std::make_shared<const ir::Model>(sema::analyze(listA, {}, {}, sources, sink));
  out.to = std::make_shared<const ir::Model>(
      sema::analyze(listB, {}, {{"1.0.0", out.from}}, sources, sink));
  if (before.empty()) out.from = diff::emptyModel(*out.to);
  const auto lowerA = catalog::lower(*out.from, out.traits(), sink),
             lowerB = catalog::lower(*out.to, out.traits(), sink);
  const auto changes = diff::diff(out.from, out.to, sink);
  if (!sink.hasErrors()) out.plan = plan::plan(changes, lowerA, lowerB, out.traits(), sink);
  for (const auto& d : sink.sorted()) {
    if (d.severity == Severity::error)
      out.codes += (out.codes.empty() ? "" : " ") + std::string(info(d.code).name);
  }
  return out;
}

inline std::string proof(const plan::Plan& plan, const catalog::Traits& traits) {
  const auto failure = plan::prove(plan, traits);
  return failure ? fmt::format("{}: {}: {}", failure->step, failure->claim, failure->difference)
                 : std::string();
}

}  // namespace cambium::testing
