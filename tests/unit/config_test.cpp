// Effective configuration (ir/effective_config.h), and schemas of other packages.
#include <gtest/gtest.h>

#include "compiler/ir/effective_config.h"
#include "compiler/sema/analyze.h"
#include "compiler/syntax/parse.h"
#include "tests/unit/model_of.h"

namespace cambium::testing {
namespace {

// "timeout=8000 (/teams/payments), …"
std::string valuesOf(const ir::Model& m, const std::string& path, const std::string& environment) {
  std::string out;
  for (const auto& v : ir::effectiveConfig(m, path, environment)) {
    out += (out.empty() ? "" : ", ") + v.setting.path + "=";
    out += v.value ? ir::toString(*v.value, m) : "nothing";
    if (v.value) out += v.from ? " (" + v.from->path + ")" : " (default)";
  }
  return out;
}

constexpr const char* kEnvironments =
    "environment dev { url \"sqlite://a.db\" } environment prod { url \"sqlite://b.db\" }\n";

TEST(EffectiveConfig, nearestNamespaceThenEnvironmentThenDefault) {
  const auto m = modelOf(std::string(kEnvironments) + R"(
schema S { t: int32 = 5000  o: string?  r: string? @environments(prod) }
namespace /a uses S as s { config s/t = 8000 for prod }
namespace /a/b { config s/t = 9000 config s/o = "x" }
namespace /a/b/c/d { config s/t = 9500 for prod config s/o = null }
namespace /a/b/i isolated { }
)");
  EXPECT_EQ(valuesOf(m, "/a", "dev"), "s/o=nothing, s/t=5000 (default)");
  EXPECT_EQ(valuesOf(m, "/a", "prod"), "s/o=nothing, s/r=nothing, s/t=8000 (/a)");
  EXPECT_EQ(valuesOf(m, "/a/b", "prod"), "s/o=\"x\" (/a/b), s/r=nothing, s/t=9000 (/a/b)");
  EXPECT_EQ(valuesOf(m, "/a/b/c/d", "dev"), "s/o=null (/a/b/c/d), s/t=9000 (/a/b)");
  EXPECT_EQ(valuesOf(m, "/a/b/c/d", "prod"),
            "s/o=null (/a/b/c/d), s/r=nothing, s/t=9500 (/a/b/c/d)");
  // Not declared itself: what it inherits.
  EXPECT_EQ(valuesOf(m, "/a/b/c", "dev"), valuesOf(m, "/a/b", "dev"));
  EXPECT_EQ(valuesOf(m, "/a/b/i", "prod"), "");
  EXPECT_EQ(valuesOf(m, "/z", "prod"), "");
  // An environment that nobody names has what is for all.
  EXPECT_EQ(valuesOf(m, "/a", ""), "s/o=nothing, s/t=5000 (default)");
}

TEST(EffectiveConfig, nearestGrantDecides) {
  const auto m = modelOf(R"(
namespace /a { grant admin to "x" grant viewer to "y" }
namespace /a/b { grant viewer to "x" }
namespace /a/b/c { }
namespace /a/i isolated { grant editor to "z" }
)");
  using Role = ir::NamespaceRole;
  EXPECT_EQ(ir::roleOf(m, "/a", "x"), Role::admin);
  EXPECT_EQ(ir::roleOf(m, "/a/b/c", "x"), Role::viewer);
  EXPECT_EQ(ir::roleOf(m, "/a/b/c", "y"), Role::viewer);
  EXPECT_EQ(ir::roleOf(m, "/a/i", "x"), std::nullopt);
  EXPECT_EQ(ir::roleOf(m, "/a/i/j", "z"), Role::editor);
}

TEST(Schemas, comeFromOtherPackages) {
  SourceMap sources;
  DiagnosticSink sink;
  const auto parse = [&](const char* name, const std::string& text) {
    return syntax::parse(sources, sources.add(name, text), sink);
  };
  const auto other = parse("other.cam",
                           "package org.settings version \"1.0.0\"\n"
                           "enum Level { low, high }\n"
                           "schema Base { a: Level = low  b: int32? @environments(elsewhere) }\n"
                           "schema Unused { a: int32 = 1 }\n"
                           "namespace /theirs uses Base { }\n");
  const auto main = parse("main.cam",
                          "package shop version \"1.0.0\"\n"
                          "import org.settings { Base as Theirs }\n"
                          "import org.settings as org\n"
                          "schema Base { c: int32 = 1 }\n"
                          "namespace /n uses Theirs, Base as own { config a = high }\n"
                          "namespace /m uses org.Base as x { }\n");
  const syntax::SyntaxTree* trees[] = {&main};
  const auto m = sema::analyze(trees, {{"org.settings", {&other}}}, {}, sources, sink);
  for (const auto& d : sink.sorted()) ADD_FAILURE() << info(d.code).name << " " << d.message;
  ASSERT_EQ(m.schemas.size(), 2u);
  EXPECT_EQ(m.schemas[0].name, "Base");
  EXPECT_EQ(m.schemas[1].name, "org.settings.Base");
  ASSERT_EQ(m.namespaces.size(), 2u);
  EXPECT_EQ(valuesOf(m, "/n", ""), "a=high (/n), own/c=1 (default)");
  EXPECT_EQ(valuesOf(m, "/m", ""), "x/a=low (default)");
}

TEST(Schemas, missingInAnotherPackage) {
  SourceMap sources;
  DiagnosticSink sink;
  const auto other = syntax::parse(
      sources,
      sources.add("o.cam", "package org version \"1.0.0\"\nschema Base { a: int32 = 1 }\n"), sink);
  const auto main = syntax::parse(
      sources,
      sources.add("m.cam",
                  "package shop version \"1.0.0\"\nimport org { Bases, Base }\n"
                  "namespace /n uses Bases { config a = 1 }\nnamespace /m uses org.X { }\n"),
      sink);
  const syntax::SyntaxTree* trees[] = {&main};
  sema::analyze(trees, {{"org", {&other}}}, {}, sources, sink);
  std::string codes;
  for (const auto& d : sink.sorted()) codes += std::string(info(d.code).name) + " ";
  EXPECT_EQ(codes, "REF005 NAM007 REF017 ");
}

}  // namespace
}  // namespace cambium::testing
