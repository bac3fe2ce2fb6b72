#include "bench/generated_model.h"

#include <cstdio>
#include <cstdlib>

#include "compiler/artifact/seal.h"
#include "compiler/diagnostics/render.h"

namespace cambium::bench {

namespace {

std::string entityName(unsigned number) {
  return fmt::format("Entity{}", number);
}

}  // namespace

std::string packageText(unsigned entities, bool second) {
  std::string text = fmt::format("package bench version \"{}\"\n\n", second ? "1.1.0" : "1.0.0");
  text += "environment dev { url \"sqlite://bench.db\"  destructive allow }\n\n";
  text += "enum State { fresh, active, suspended, closed }\n\n";
  for (unsigned i = 0; i < entities; ++i) {
    const bool changed = second && i % 10 == 0;
    text += fmt::format("/// The entity of number {}.\nentity {} {{\n", i, entityName(i));
    text += "  key id: int64 = autoincrement()\n";
    text += fmt::format("  name: string({})\n", changed ? 120 : 80);
    text += changed ? "  caption: string(200)?\n" : "  title: string(200)?\n";
    text += "  amount: decimal(12, 2) = 0\n  quantity: int32 = 1\n  state: State = fresh\n";
    text += "  created_at: timestamp\n  active: bool = true\n  note: text?\n";
    if (changed) text += "  priority: int32 = 0\n";
    text += fmt::format("  parent: ref {}?\n", entityName(i / 2));
    if (i % 2 == 1) text += fmt::format("  other: ref {}? on delete set null\n", entityName(i / 3));
    text += "  index by_name (name, created_at desc)\n";
    if (!changed) text += "  index by_state (state) where active\n";
    text += "  check positive: amount >= 0 and quantity > 0\n}\n\n";
  }
  return text;
}

std::string migrationText(unsigned entities) {
  std::string text = "migration from \"1.0.0\" to \"1.1.0\" {\n";
  for (unsigned i = 0; i < entities; i += 10)
    text += fmt::format("  rename {}.title -> caption\n", entityName(i));
  return text + "}\n";
}

MemoryFileSystem firstVersion(unsigned entities) {
  MemoryFileSystem fs;
  fs.files["package.cam"] = packageText(entities, false);
  return fs;
}

MemoryFileSystem secondVersion(unsigned entities, const ir::Model& first) {
  MemoryFileSystem fs;
  fs.files["package.cam"] = packageText(entities, true);
  fs.files["migrations/1.1.0.cam"] = migrationText(entities);
  fs.files["versions/1.0.0.json"] = artifact::seal(first);
  return fs;
}

std::unique_ptr<driver::Compilation> compileOrDie(const MemoryFileSystem& fs) {
  auto compilation = driver::compile(fs, "", {});
  if (compilation->diagnostics.hasErrors() || !compilation->model) {
    std::fputs(renderBrief(compilation->diagnostics.sorted(), compilation->sources).c_str(),
               stderr);
    std::abort();
  }
  return compilation;
}

}  // namespace cambium::bench
