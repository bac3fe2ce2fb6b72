#include "tests/support/scenario.h"
#include "tests/support/places.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "compiler/catalog/catalog.h"
#include "compiler/dialect/loader.h"
#include "plugins/builtin_dialects.h"

namespace cambium::test {
namespace {

using catalog::Column;
using catalog::Index;
using catalog::Table;

Column column(std::string name, std::string type, bool notNull) {
  Column c;
  c.name = std::move(name);
  c.type = std::move(type);
  c.notNull = notNull;
  return c;
}

Index index(std::string name, std::string over, bool unique) {
  Index i;
  i.name = std::move(name);
  i.parts.push_back({std::move(over), "", false});
  i.unique = unique;
  return i;
}

Table client() {
  Table t;
  t.name = "client";
  t.columns = {column("id", "INTEGER", true), column("name", "TEXT", true),
               column("city", "TEXT", false)};
  t.primaryKey = {"id"};
  t.indexes = {index("ix_client_city", "city", false)};
  t.options = {"STRICT"};
  return t;
}

Table visit() {
  Table t;
  t.name = "visit";
  t.columns = {column("id", "INTEGER", true), column("client_id", "INTEGER", true)};
  t.primaryKey = {"id"};
  t.foreignKeys = {{"", {"client_id"}, "client", {"id"}, "CASCADE", "NO ACTION"}};
  t.indexes = {index("ix_visit_client_id", "client_id", false)};
  t.options = {"STRICT"};
  return t;
}

class PlanBuilder {
public:
  explicit PlanBuilder(catalog::Catalog before) : now_(before) { plan_.before = std::move(before); }
  catalog::Catalog& now() { return now_; }
  void add(plan::Phase phase, char sign, plan::ElementKind kind, std::string title,
           std::vector<plan::Operation> operations) {
    plan::Step step;
    step.number = static_cast<unsigned>(plan_.steps.size() + 1);
    step.phase = phase;
    step.kind = kind;
    step.sign = sign;
    step.element = title;
    step.title = std::move(title);
    for (const auto& operation : operations) {
      EXPECT_EQ(plan::apply(operation, now_, sqlite().traits()), "") << step.title;
      if (phase == plan::Phase::contract) continue;
      if (auto back = plan::inverse(operation)) step.undo.insert(step.undo.begin(), *back);
    }
    step.operations = std::move(operations);
    plan_.steps.push_back(std::move(step));
  }
  plan::Plan finish() {
    plan_.after = now_;
    return std::move(plan_);
  }

private:
  plan::Plan plan_;
  catalog::Catalog now_;
};

}  // namespace

const dialect::Dialect& sqlite() {
  static const dialect::Dialects all = dialect::builtinDialects();
  return *all.find("sqlite");
}

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "cambium-XXXXXX").string();
  path_ = mkdtemp(name.data()) ? name : ".";
}
Folder::~Folder() {
  std::error_code ignored;
  if (path_ != ".") std::filesystem::remove_all(path_, ignored);
}

std::unique_ptr<dialect::Session> open(const std::string& file, unsigned lockTimeoutMs) {
  const std::vector<std::string> folders{binaryDir() + "/lib/cambium"};
  auto plugin = dialect::loadDatabasePlugin("sqlite", folders);
  if (!plugin) {
    ADD_FAILURE() << plugin.error().message;
    return nullptr;
  }
  dialect::SessionOptions wanted;
  wanted.lockTimeoutMs = lockTimeoutMs;
  wanted.create = true;
  auto session = plugin->open("sqlite://" + file, wanted);
  if (!session) {
    ADD_FAILURE() << session.error().message;
    return nullptr;
  }
  // Processes are killed here, not machines: what was handed to the system counts as written.
  must(**session, "PRAGMA synchronous = OFF");
  return std::move(*session);
}

plan::Plan planOfClients() {
  using plan::ElementKind;
  using plan::Phase;
  catalog::Catalog before;
  before.put(client());
  PlanBuilder builder(std::move(before));

  const Column fullName = column("full_name", "TEXT", false);
  builder.add(Phase::expand, '+', ElementKind::column, "client.full_name text null",
              {plan::AddColumn{"client", fullName, {}, {}}});
  catalog::SyncTrigger sync;
  sync.name = "sync_client_full_name";
  sync.table = "client";
  sync.key = {"id"};
  sync.event = catalog::SyncTrigger::Event::insert;
  sync.when = "NEW.\"full_name\" IS NULL";
  sync.set = {{"full_name", "NEW.\"name\""}};
  const catalog::Trigger trigger{sync.name, sync.table, sqlite().traits().syncTrigger(sync)};
  builder.add(Phase::expand, '+', ElementKind::sync, "keep client.full_name = name",
              {plan::CreateTrigger{trigger}});
  builder.add(Phase::expand, '+', ElementKind::table, "visit", {plan::CreateTable{visit()}});
  builder.add(
      Phase::backfill, '~', ElementKind::backfill, "backfill client.full_name",
      {plan::Backfill{"client", {"id"}, {{"full_name", "\"name\""}}, "\"full_name\" IS NULL"}});
  builder.add(Phase::validate, '?', ElementKind::verification, "no client without full_name",
              {plan::Verify{"client", "SELECT count(*) FROM \"client\" WHERE \"full_name\" IS NULL",
                            "rows of `client` have no `full_name`"}});
  builder.add(Phase::validate, '+', ElementKind::index, "unique client.full_name",
              {plan::CreateIndex{"client", index("uq_client_full_name", "full_name", true)}});
  builder.add(Phase::switch_, '>', ElementKind::version, "1.1.0 becomes active",
              {plan::SwitchVersion{"1.0.0", "1.1.0"}});
  builder.add(Phase::contract, '-', ElementKind::sync, "keep client.full_name = name",
              {plan::DropTrigger{trigger}});
  const Table from = *builder.now().findTable("client");
  Table to = from;
  std::erase_if(to.columns, [](const Column& c) { return c.name == "name"; });
  to.findColumn("full_name")->notNull = true;
  builder.add(
      Phase::contract, '-', ElementKind::column, "client.name",
      {plan::RebuildTable{
          from, to, {{"id", "\"id\""}, {"city", "\"city\""}, {"full_name", "\"full_name\""}}}});
  plan::Plan plan = builder.finish();
  plan.package = "test";
  plan.fromVersion = "1.0.0";
  plan.toVersion = "1.1.0";
  plan.fromDigest = std::string(64, '1');
  plan.toDigest = std::string(64, '2');
  return plan;
}

emit::Script scriptOf(const plan::Plan& plan) {
  SourceMap sources;
  DiagnosticSink sink;
  emit::Script script = emit::emit(plan, sqlite(), sources, sink);
  for (const auto& d : sink.all()) ADD_FAILURE() << d.message;
  script.tool = "cambium test";
  script.toModel = "{\"cambium\":\"model/1\"}";
  return script;
}

emit::Script scriptOfClients() {
  return scriptOf(planOfClients());
}

void install(dialect::Session& session, const plan::Plan& plan, int rows) {
  catalog::Catalog empty;
  for (const auto& table : plan.before.tables) {
    const auto sql = sqlite().emit({plan::CreateTable{table}}, empty);
    ASSERT_TRUE(sql);
    for (const auto& statement : sql->statements) must(session, statement);
  }
  ASSERT_TRUE(session.begin());
  for (int i = 1; i <= rows; ++i) {
    must(session,
         fmt::format("INSERT INTO client (id, name, city) VALUES ({0}, 'n{0}', 'c{1}')", i, i % 7));
  }
  ASSERT_TRUE(session.commit());
  runner::Ledger ledger(session);
  const auto adopted =
      ledger.adopt({"test", "dev", "1.0.0", plan.fromDigest, "{}", "", ""}, "tester");
  ASSERT_TRUE(adopted) << adopted.error().message;
}

std::string dump(dialect::Session& session) {
  auto found = session.introspect();
  if (!found) return "cannot introspect: " + found.error().message;
  std::string out = catalog::describe(*found);
  for (const auto& table : found->tables) {
    auto names = table.columns;  // a migrated table has another order of columns than a new one
    std::sort(names.begin(), names.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    std::string list;
    for (const auto& c : names) list += (list.empty() ? "\"" : ", \"") + c.name + "\"";
    auto rows =
        session.query(fmt::format("SELECT {0} FROM \"{1}\" ORDER BY {0}", list, table.name));
    if (!rows) return "cannot read: " + rows.error().message;
    out += "rows of " + table.name + " (" + list + ")\n";
    for (const auto& row : *rows) {
      for (const auto& value : row) out += (value ? *value : "NULL") + "|";
      out += '\n';
    }
  }
  return out;
}

runner::RunOptions options(std::string owner) {
  runner::RunOptions o;
  o.owner = std::move(owner);
  o.actor = "tester";
  o.environment = "dev";
  o.lockTimeoutMs = 300;
  return o;
}

runner::EventSink into(std::vector<std::string>& lines) {
  return [&lines](const runner::RunEvent& event) { lines.push_back(runner::toJsonLine(event)); };
}
runner::EventSink nowhere() {
  return [](const runner::RunEvent&) {};
}

std::string ask(dialect::Session& session, const std::string& sql) {
  auto rows = session.query(sql);
  if (!rows) return "error: " + rows.error().message;
  if (rows->empty() || rows->front().empty() || !rows->front()[0]) return {};
  return *rows->front()[0];
}

void must(dialect::Session& session, const std::string& sql) {
  const auto done = session.execute(sql);
  if (!done) FAIL() << done.error().message << " in " << sql;
}

}  // namespace cambium::test
