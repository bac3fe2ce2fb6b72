// Databases that others made: each dump of tests/corpora is loaded into a real server, pulled,
// compiled, applied to an empty database, and the two catalogs are compared. Every object is in the
// model, or is listed with its reason; nothing is lost in silence, and the database that the model
// makes is what the model says. docs/pulled.md is the table of results (--update).
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <set>

#include "compiler/catalog/extras.h"
#include "compiler/catalog/raise.h"
#include "compiler/dialect/loader.h"
#include "compiler/ir/print.h"
#include "tests/import/corpora.h"
#include "tests/support/case_runner.h"
#include "tests/support/golden_file.h"
#include "tests/support/laws.h"
#include "tests/support/places.h"
#include "tests/support/servers.h"

namespace cambium::testing {
namespace {

namespace fs = std::filesystem;

bool updating = false;

struct Result {
  std::string name;
  size_t databases = 0, objects = 0, opaque = 0;
  std::map<std::string, size_t> leftOut;  // by kind of object
  std::set<std::string> needs;            // what an empty database lacks
};

// The tables, columns, keys, checks, references, indexes, views, triggers, and what is neither.
size_t objectsOf(const catalog::Catalog& c) {
  size_t n = c.views.size() + c.triggers.size() + c.opaque.size();
  for (const auto& table : c.tables)
    n += 1 + table.columns.size() + !table.primaryKey.empty() + table.checks.size() +
         table.foreignKeys.size() + table.indexes.size();
  return n;
}

// The folder of a server's programs, as tests/support/servers.h has it.
std::string programsOf(const char* variable, const char* usual) {
  const char* given = std::getenv(variable);
  return given ? std::string(given) + "/" : usual;
}

// As its owner would, with the client of the database; statements that it refuses are its own. All
// of it goes into this database, whichever the dump makes and uses.
void load(const std::string& dialect, const fs::path& dump, const std::string& url) {
  const std::string from = "'" + dump.string() + "'", quiet = " >/dev/null 2>&1";
  std::string command;
  if (dialect == "postgres") {
    command = "sed '/^\\\\c /d; /^\\(DROP\\|CREATE\\) DATABASE/d' " + from + " | '" +
              programsOf("CAMBIUM_TEST_POSTGRES_BIN", "/usr/lib/postgresql/15/bin/") +
              "psql' -q '" + url + "'";
  } else if (dialect == "mariadb") {  // mariadb://root@localhost/NAME?socket=FILE
    const size_t name = url.rfind('/', url.find('?')) + 1, query = url.find('?');
    const std::string socket = url.substr(url.find('=', query) + 1);
    command = "sed '/^\\(DROP\\|CREATE\\) DATABASE/d; /^USE /d' " + from + " | '" +
              programsOf("CAMBIUM_TEST_MARIADB_BIN", "") +
              "mariadb' --no-defaults --force -u root -S '" + socket + "' '" +
              url.substr(name, query - name) + "'";
  } else {
    command = "sqlite3 '" + url.substr(url.find("://") + 3) + "' < " + from;
  }
  (void)std::system((command + quiet).c_str());
}

std::unique_ptr<dialect::Session> open(const std::string& dialect, const std::string& url) {
  dialect::SessionOptions options;
  options.create = true;
  const std::vector<std::string> folders{binaryDir() + "/lib/cambium"};
  const auto plugin = dialect::loadDatabasePlugin(dialect, folders);
  if (!plugin) return ADD_FAILURE() << plugin.error().message, nullptr;
  auto session = plugin->open(url, options);
  if (!session) return ADD_FAILURE() << session.error().message, nullptr;
  return std::move(*session);
}

// "column album.title: the language does not say it: …" → "column"
std::string kindOf(const std::string& line) {
  const std::string object = line.substr(0, line.find(':'));
  for (const char* kind : {"primary key", "foreign key"})
    if (object.starts_with(kind)) return kind;
  return object.substr(0, object.find(' '));
}

// What the SQL of others calls: `f(` of a function, `nextval('s'` of a sequence.
void addCalled(const catalog::Catalog& live, const ir::Expr& e, std::set<std::string>& out) {
  if (e.kind != ir::ExprKind::native) return;
  for (const auto& text : e.args)
    for (const auto& one : live.opaque) {
      const std::string name = one.name.substr(0, one.name.find('('));
      const auto at = text.text.find(name + (one.kind == "sequence" ? "'" : "("));
      if ((one.kind == "function" || one.kind == "sequence") && at != std::string::npos)
        out.insert(one.kind + " `" + name + "`");
    }
}

// Of columns that keep the exact type that they have, types of extensions, and opaque ones; and
// what defaults, checks and indexes in SQL call.
std::set<std::string> missing(const catalog::Catalog& live, const ir::Model& model,
                              const std::string& dialect) {
  std::set<std::string> out;
  for (const auto& property : model.properties) {
    if (property.defaultValue) addCalled(live, *property.defaultValue, out);
    if (property.computed) addCalled(live, *property.computed, out);
  }
  for (const auto& entity : model.entities) {
    for (const auto& check : entity.checks) addCalled(live, check.condition, out);
    const auto indexed = [&](const auto& list) {
      for (const auto& index : list) {
        for (const auto& part : index.parts) addCalled(live, part.expr, out);
        if (index.where) addCalled(live, *index.where, out);
      }
    };
    indexed(entity.indexes);
    indexed(entity.uniques);
  }
  for (const auto& property : model.properties) {
    const auto native = property.native.find(dialect);
    if (native == property.native.end()) continue;
    std::string type = native->second.substr(0, native->second.find_first_of("(["));
    std::erase(type, '"');
    const bool opaque = std::ranges::any_of(
        live.opaque, [&](const auto& one) { return one.name == type && one.kind != "table"; });
    const bool extension = type == "ltree" || type == "citext" || type == "hstore";
    if (opaque || extension) out.insert("type `" + type + "`");
  }
  return out;
}

// "" = of no database that there is here.
std::string dialectOf(const CorpusSchema& schema) {
  if (schema.format == "postgres" || schema.format == "sqlite") return schema.format;
  return schema.file.find("mysql") == std::string::npos ? "" : "mariadb";
}

void pull(const CorpusSchema& schema, Result& result) {
  const std::string dialect = dialectOf(schema);
  std::optional<TestDatabase> server;
  std::optional<ScratchDatabase> file;
  if (dialect == "sqlite")
    file.emplace(dialect);
  else
    server.emplace(
        TestServer::shared(dialect == "postgres" ? ServerKind::postgres : ServerKind::mariadb)
            .freshDatabase());
  const std::string url = server ? server->url() : file->url();
  load(dialect, fs::path(sourceDir()) / schema.file, url);
  const auto theirs = open(dialect, url);
  if (!theirs) return;
  const auto live = theirs->introspect();
  ASSERT_TRUE(bool(live)) << live.error().message;
  ++result.databases;
  result.objects += objectsOf(*live);
  result.opaque += live->opaque.size();

  const auto& traits = dialects().find(dialect)->traits();
  auto raised = catalog::raise(*live, traits, "pulled");
  raised.model.version = "1.0.0";
  for (const auto& line : raised.notCarried) ++result.leftOut[kindOf(line)];
  const auto compiled =
      compileCase(parseGolden("# why: -\n-- model.cam --\n" + ir::toSource(raised.model)));
  ASSERT_TRUE(healthy(compiled.after)) << briefDiagnostics(compiled);
  const auto planned = planFresh(*compiled.after, compiled.after->model, *dialects().find(dialect));
  ASSERT_TRUE(planned);
  // What the language made of it is what the report says of it, to the last difference.
  auto differences = catalog::compare(planned->to.catalog, *live);
  (void)catalog::nameless(differences);
  EXPECT_LE(differences.size(), raised.notCarried.size());
  // What is not the language's own must be there before a table can use it.
  const auto needs = missing(*live, raised.model, dialect);
  result.needs.insert(needs.begin(), needs.end());
  if (!needs.empty()) return;
  ScratchDatabase ours(dialect);
  const auto session = ours.open();
  ASSERT_EQ(runScript(planned->script, *session, plan::Phase::contract), "");
  const auto made = session->introspect();
  ASSERT_TRUE(bool(made)) << made.error().message;
  for (const auto& one : catalog::compare(planned->to.catalog, *made))
    ADD_FAILURE() << one.object << "\n  the model: " << one.expected
                  << "\n  the database: " << one.actual;
}

std::string page(const std::vector<Result>& results) {
  std::string out =
      "# Databases that others made, pulled\n\nMade by `cambium_pulled_tests --update`; the test "
      "compares it. Each row is one dump of `tests/corpora`, or many small ones of one\nkind, "
      "loaded into a real server and read by `cambium pull`. The package is compiled and applied "
      "to an empty database, and that one is exactly\nwhat the package says. Objects are tables, "
      "columns, keys, checks, references, indexes, views, triggers and whatever else is there. "
      "What is not in\nthe package is listed by `pull`, each with its reason; what is "
      "fingerprinted only, so that `drift` sees it change, is opaque.\n\n| dump | databases | "
      "objects | in the package | left out and listed | opaque |\n|---|---:|---:|---:|---|---:|\n";
  for (const auto& r : results) {
    size_t left = 0;
    std::string kinds;
    for (const auto& [kind, count] : r.leftOut) {
      left += count;
      kinds += fmt::format("{}{} {}", kinds.empty() ? "" : ", ", count, kind);
    }
    std::string lacks;
    for (const auto& one : r.needs) lacks += (lacks.empty() ? "" : ", ") + one;
    if (!lacks.empty())
      kinds += (kinds.empty() ? "" : "; ") + ("not applied: an empty database lacks " + lacks);
    out += fmt::format("| {} | {} | {} | {} | {} | {} |\n", r.name, r.databases, r.objects,
                       r.objects - std::min(left, r.objects), kinds, r.opaque);
  }
  return out;
}

TEST(Pulled, everyObjectIsModelledOrListed) {
  std::map<std::string, Result> rows;
  for (const auto& schema : corpusSchemas()) {
    const std::string dialect = dialectOf(schema);
    if (dialect.empty()) continue;
    SCOPED_TRACE(schema.file);
    const auto name = (schema.group.empty() ? schema.name : schema.group) + ", " +
                      dialects().find(dialect)->traits().displayName;
    rows[name].name = name;
    pull(schema, rows[name]);
  }
  std::vector<Result> results;
  for (auto& [name, row] : rows) results.push_back(std::move(row));
  EXPECT_GT(results.size(), 15u);
  const fs::path file = fs::path(sourceDir()) / "docs/pulled.md";
  if (updating) return writeFile(file, page(results));
  EXPECT_EQ(firstDifference(readFile(file), page(results)), "")
      << "docs/pulled.md is made by `cambium_pulled_tests --update`";
}

}  // namespace
}  // namespace cambium::testing

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i)
    cambium::testing::updating = cambium::testing::updating || std::string(argv[i]) == "--update";
  if (cambium::testing::updating && std::getenv("CI")) {
    std::cerr << "--update is not for CI\n";
    return 2;
  }
  return RUN_ALL_TESTS();
}
