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

// What the entity of this number has besides, in its braces.
std::string extraMembers(unsigned number, unsigned entities) {
  std::string text = "  worth: decimal(14, 2) = amount * quantity computed\n";
  if (const unsigned child = 2 * number + 1; child < entities)
    text += fmt::format("  children: many {} inverse parent\n", entityName(child));
  switch (number % 10) {
    case 2: text += fmt::format("  labels: many Label{}\n", number); break;
    case 7: text += "  secret: string(40)? @sensitive(mask: \"last4\")\n"; break;
    case 8: text += "  group details \"Details\" {\n    mail: Mail?\n    born: date?\n  }\n"; break;
    case 9: text += "  code: Code = \"new\"\n"; break;
    default: break;
  }
  return text;
}

// What stands beside it.
std::string extraDeclarations(unsigned number, unsigned entities) {
  const std::string name = entityName(number);
  switch (number % 10) {
    case 1:
      return fmt::format("entity Part{} {{\n  key id: int64\n  name: string(40)\n}}\n\n", number);
    case 2: return fmt::format("entity Label{} {{\n  key name: string(40)\n}}\n\n", number);
    case 3:
      return fmt::format("tags Kind{} on {} single {{ small, large \"Large\" }}\n\n", number, name);
    case 4: return fmt::format("tags Topic{} on {} {{ home, work, other }}\n\n", number, name);
    case 5:
      return fmt::format(
          "view Active{} of {} where active and parent is not null {{\n  id,\n  name,\n  "
          "parent.name as parent_name{}\n}}\n\n",
          number, name, 2 * number + 1 < entities ? ",\n  children.count() as below" : "");
    case 6:
      return fmt::format(
          "grant read, update on {0} to staff @allow(DDL008, \"measured\")\n"
          "policy mine{1} on {0} for all using note == session(\"app.user\") "
          "@allow(DDL008, \"measured\")\n\n",
          name, number);
    case 7:
      return fmt::format(
          "namespace /teams/team{} uses Limits as limits {{\n  owner \"team{}@example.com\"\n"
          "  config limits/timeout-ms = {} for prod\n}}\n\n",
          number, number, 100 + number % 1000);
    case 8:
      return fmt::format("draft entity Thought{} {{\n  key id: int64\n  about: ref {}?\n}}\n\n",
                         number, name);
    default: return {};
  }
}

constexpr const char kShared[] = R"(environment prod { url "sqlite://prod.db" }

type Mail = string(200) where value like "%@%"
type Code = string(20) where length(value) >= 2

mixin Audited {
  changed_at: timestamp?
  changed_by: string(80)?
}

role staff "Staff"

schema Limits {
  timeout-ms: int32 where value between 100 and 30000 = 5000
  region: string = "eu" @immutable
}

namespace /teams { }

)";

}  // namespace

std::string packageText(unsigned entities, Constructs constructs, bool second) {
  const bool all = constructs == Constructs::all;
  std::string text = fmt::format("package bench version \"{}\"\n\n", second ? "1.1.0" : "1.0.0");
  text += "environment dev { url \"sqlite://bench.db\"  destructive allow }\n\n";
  text += "enum State { fresh, active, suspended, closed }\n\n";
  if (all) text += kShared;
  for (unsigned i = 0; i < entities; ++i) {
    const bool changed = second && i % 10 == 0;
    const bool contains = all && i % 10 == 1;
    text += fmt::format("/// The entity of number {}.\nentity {}{}{} {{\n", i, entityName(i),
                        all && i % 10 >= 8 ? " is Audited" : "",
                        contains ? fmt::format(" contains Part{}", i) : "");
    text += "  key id: int64 = autoincrement()\n";
    text += fmt::format("  name: string({})\n", changed ? 120 : 80);
    text += changed ? "  caption: string(200)?\n" : "  title: string(200)?\n";
    text += "  amount: decimal(12, 2) = 0\n  quantity: int32 = 1\n  state: State = fresh\n";
    text += "  created_at: timestamp\n  active: bool = true\n  note: text?\n";
    if (changed) text += "  priority: int32 = 0\n";
    text += fmt::format("  parent: ref {}?\n", entityName(i / 2));
    if (i % 2 == 1) text += fmt::format("  other: ref {}? on delete set null\n", entityName(i / 3));
    if (all) text += extraMembers(i, entities);
    text += "  index by_name (name, created_at desc)\n";
    if (!changed) text += "  index by_state (state) where active\n";
    text += "  check positive: amount >= 0 and quantity > 0\n}\n\n";
    if (all) text += extraDeclarations(i, entities);
  }
  return text;
}

std::string migrationText(unsigned entities) {
  std::string text = "migration from \"1.0.0\" to \"1.1.0\" {\n";
  for (unsigned i = 0; i < entities; i += 10)
    text += fmt::format("  rename {}.title -> caption\n", entityName(i));
  return text + "}\n";
}

MemoryFileSystem firstVersion(unsigned entities, Constructs constructs) {
  MemoryFileSystem fs;
  fs.files["package.cam"] = packageText(entities, constructs, false);
  return fs;
}

MemoryFileSystem secondVersion(unsigned entities, Constructs constructs, const ir::Model& first) {
  MemoryFileSystem fs;
  fs.files["package.cam"] = packageText(entities, constructs, true);
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
